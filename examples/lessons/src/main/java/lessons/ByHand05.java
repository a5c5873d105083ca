package lessons;

import io.kiln.nn.autograd.Tape;
import io.kiln.nn.autograd.Var;
import io.kiln.nn.data.SampleSpec;
import io.kiln.nn.layer.Dense;
import io.kiln.nn.layer.Layer;
import io.kiln.nn.layer.Model;
import io.kiln.nn.layer.Network;
import io.kiln.nn.layer.Sequential;
import io.kiln.nn.layer.Tanh;
import io.kiln.nn.loss.SoftmaxCrossEntropyLoss;
import io.kiln.nn.optim.ParameterUpdate;
import io.kiln.nn.tensor.DType;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.Tensor;
import java.util.List;

/** Lesson 5: a network, its loss and its optimizer, step by step. */
public final class ByHand05 {
  private ByHand05() {}

  /** Runs the lesson: exclusive or, which no straight line parts. */
  public static void main(String[] arguments) {
    Tensor x = Tensor.of(DType.FLOAT32, Shape.of(4, 2), 0, 0, 0, 1, 1, 0, 1, 1);
    Tensor xor = Tensor.of(DType.FLOAT32, Shape.of(4), 0, 1, 1, 0);
    Lessons.expect(lossAfter(Sequential.of(Dense.of(2)), x, xor) > 0.6, "a line cannot do it");
    Layer hidden = Sequential.of(Dense.of(8), new Tanh(), Dense.of(2));
    Lessons.expect(lossAfter(hidden, x, xor) < 0.05, "eight hidden units can");
  }

  private static double lossAfter(Layer layers, Tensor x, Tensor target) {
    SampleSpec samples = SampleSpec.classification(Shape.of(2), 2);
    Network network = Network.of(Model.of(layers), samples, DType.FLOAT32, 1);
    ParameterUpdate update = ParameterUpdate.Rule.of("adam", 0.05).on(network.params());

    Tape tape = new Tape(DType.FLOAT32);
    Var scores = network.record(tape, List.of(tape.constant(x)), update.gradients());
    Var loss = new SoftmaxCrossEntropyLoss().mean(scores, tape.constant(target));
    tape.plan(loss);
    for (int step = 0; step < 200; step++) {
      tape.replay();
      tape.backward(loss);
      update.step();
      if (step % 50 == 0) {
        System.out.printf("step %3d: loss %.4f%n", step, loss.value().get(0));
      }
    }
    System.out.printf("after 200 steps: %.4f%n", loss.value().get(0));
    return loss.value().get(0);
  }
}
