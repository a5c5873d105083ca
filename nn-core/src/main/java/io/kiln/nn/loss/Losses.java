package io.kiln.nn.loss;

import io.kiln.nn.autograd.Tape;
import io.kiln.nn.autograd.Var;
import io.kiln.nn.config.ConfigException;
import io.kiln.nn.config.Named;
import io.kiln.nn.config.Settings;
import io.kiln.nn.layer.Network;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Makes the loss that a configuration names. */
public final class Losses {
  private static final Map<String, String> SHORT =
      Map.of(
          "nll", "negative-log-likelihood",
          "mse", "mean-squared-error",
          "l1", "mean-absolute-error",
          "mae", "mean-absolute-error",
          "bce", "binary-cross-entropy",
          "hinge", "multiclass-hinge",
          "svm", "multiclass-hinge");
  private static final Named<Loss> BY_NAME = new Named<>(Loss.class, "loss", Settings.class);

  private Losses() {}

  /**
   * The loss of a section: {@code type} (softmax-cross-entropy if it is not given) and its
   * settings. A loss of one's own has a name once a list has it, see {@link Named}; the short names
   * {@code mse}, {@code l1}, {@code bce}, {@code svm} are known too.
   *
   * @throws io.kiln.nn.config.ConfigException if there is no such loss or its settings are wrong
   */
  public static Loss of(Settings settings) {
    String type = settings.text("type", "softmax-cross-entropy");
    return BY_NAME.make(settings.path("type"), SHORT.getOrDefault(type, type), settings);
  }

  /** How a configuration names a loss. */
  public static String name(Loss loss) {
    return BY_NAME.nameOf(loss.getClass()).orElse(loss.getClass().getSimpleName());
  }

  /**
   * Finds out early whether a loss fits the label and the network, and records it for one sample.
   *
   * @throws ConfigException if it does not
   */
  public static void check(Loss loss, Network network) {
    LabelCheck.of(loss, network);
    Tape tape = new Tape(network.dtype());
    List<Var> inputs = new ArrayList<>();
    for (Shape shape : network.spec().inputs()) {
      inputs.add(tape.constant(Tensor.zeros(shape.batch(1), network.dtype())));
    }
    Tensor target = Tensor.zeros(network.spec().target().batch(1), network.dtype());
    Var output = network.record(tape, inputs);
    LabelCheck.ofScores(loss, output);
    try {
      loss.sum(output, tape.constant(target));
      loss.weight(target);
    } catch (IllegalArgumentException e) {
      ConfigException unfit = new ConfigException(String.valueOf(e.getMessage()));
      unfit.initCause(e);
      throw unfit;
    }
  }

  /** The names of all losses; the short ones are left out. */
  public static List<String> names() {
    return BY_NAME.names();
  }
}
