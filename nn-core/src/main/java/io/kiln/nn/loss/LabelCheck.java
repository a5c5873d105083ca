package io.kiln.nn.loss;

import io.kiln.nn.autograd.Op;
import io.kiln.nn.autograd.Var;
import io.kiln.nn.config.ConfigException;
import io.kiln.nn.data.SampleSpec;
import io.kiln.nn.data.TargetScale;
import io.kiln.nn.layer.Network;
import io.kiln.nn.tensor.Shape;
import java.util.List;

/**
 * Whether a loss is for such labels, and the network has the outputs that it compares with them.
 */
final class LabelCheck {
  private LabelCheck() {}

  /** Throws a {@link ConfigException} that says what to change. */
  static void of(Loss loss, Network network) {
    SampleSpec spec = network.spec();
    if (spec.classes() == 1) {
      List<String> names = spec.classNames();
      throw new ConfigException(
          "data: all labels are "
              + (names.isEmpty() ? "the same" : "'" + names.get(0) + "'")
              + " but two classes or more are needed to learn; check data.label and the data");
    }
    switch (loss.kind()) {
      case CLASSES -> classes(loss, network);
      case NUMBERS -> numbers(loss, network);
      case PROBABILITIES, SIGNS -> binary(loss, network);
      case DISTRIBUTIONS -> {
        // the loss compares shapes itself
      }
    }
  }

  private static void classes(Loss loss, Network network) {
    int classes = network.spec().classes();
    if (classes == 0) {
      throw unfit(
          loss,
          "is for classes but the label is a number",
          "use loss: mse, or set data.task: classification");
    }
    Shape output = network.output();
    int outputs = output.rank() == 0 ? 1 : output.size(-1);
    if (outputs != classes) {
      throw new ConfigException(
          "model: it gives "
              + outputs
              + (outputs == 1 ? " output" : " outputs")
              + " but the label has "
              + classes
              + " classes; "
              + (outputs == 1 && classes == 2
                  ? "use loss: bce, or make it 2 outputs"
                  : "make it " + classes + " outputs, such as with model.outputs"));
    }
  }

  private static void numbers(Loss loss, Network network) {
    SampleSpec spec = network.spec();
    if (spec.classes() > 0) {
      throw unfit(
          loss,
          "is for numbers but the label is one of " + spec.classes() + " classes",
          "use loss: softmax-cross-entropy, or set data.task: regression if the labels are"
              + " quantities");
    }
    one(loss, network, "number", spec.target().count());
  }

  private static void binary(Loss loss, Network network) {
    SampleSpec spec = network.spec();
    if (spec.classes() > 2) {
      throw unfit(
          loss,
          "is for yes or no but the label is one of " + spec.classes() + " classes",
          "use loss: softmax-cross-entropy");
    }
    if (!spec.scale().equals(TargetScale.NONE)) {
      throw unfit(
          loss,
          "is for yes or no but the label is a number that is scaled",
          "use loss: mse, or set data.normalize-target: false if labels say yes or no");
    }
    one(
        loss,
        network,
        spec.classes() == 2 ? "label of two classes" : "label",
        spec.target().count());
  }

  /** A score above 0 says yes; a sigmoid's output always is. */
  static void ofScores(Loss loss, Var output) {
    Op last = output.producer();
    if (loss.kind().isBinary() && last != null && last.label().equals("sigmoid")) {
      throw unfit(
          loss,
          "takes scores but the network ends with sigmoid",
          "leave the sigmoid out; the loss has one of its own, and so has kiln predict");
    }
  }

  private static void one(Loss loss, Network network, String what, int needed) {
    int outputs = network.output().count();
    if (outputs != needed) {
      throw unfit(
          loss,
          "needs one output a " + what + " but the model gives " + outputs + " for " + needed,
          "make it "
              + needed
              + ", such as with model.outputs"
              + (network.spec().classes() > 0 ? ", or use loss: softmax-cross-entropy" : ""));
    }
  }

  private static ConfigException unfit(Loss loss, String why, String what) {
    return new ConfigException("loss: " + Losses.name(loss) + " " + why + "; " + what);
  }
}
