package lessons;

import io.kiln.nn.autograd.Tape;
import io.kiln.nn.autograd.Var;
import io.kiln.nn.layer.Conv2d;
import io.kiln.nn.layer.Layer;
import io.kiln.nn.layer.MaxPool2d;
import io.kiln.nn.layer.Network;
import io.kiln.nn.layer.Relu;
import io.kiln.nn.layer.Sequential;
import io.kiln.nn.loss.ImageLosses;
import io.kiln.nn.op.Ops;
import io.kiln.nn.optim.Lbfgs;
import io.kiln.nn.tensor.CounterRng;
import io.kiln.nn.tensor.DType;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Lesson 10: style transfer moves the pixels, not the weights, until the features' Gram matrices are
 * those of a painting. The network here is random; {@code kiln style} takes a pretrained one.
 */
public final class Style10 {
  private static final ImageLosses.GramNorm NORM = ImageLosses.GramNorm.SIZE;
  private static final List<String> NAMES = List.of("0", "3");

  private Style10() {}

  /** Runs the lesson. */
  public static void main(String[] arguments) {
    Layer layers =
        Sequential.of(Conv2d.of(4, 3, 1), new Relu(), MaxPool2d.of(2, 2, 0), Conv2d.of(8, 3, 1));
    Network network = Network.of(layers, Shape.of(3, 16, 16), 1);
    Map<String, Tensor> wanted = grams(network, noise(1));
    Tensor image = noise(2);
    Tensor gradient = Tensor.zeros(image.shape(), DType.FLOAT32);

    // A leaf with a gradient among the inputs: the way back ends at the pixels.
    Tape tape = new Tape(DType.FLOAT32);
    Map<String, Var> seen = network.record(tape, List.of(tape.variable(image, gradient)), NAMES);
    List<Var> parts = new ArrayList<>();
    for (String name : NAMES) {
      Var target = tape.constant(wanted.get(name));
      parts.add(ImageLosses.style(1000, NORM, seen.get(name), target));
    }
    Var loss = Ops.add(parts.get(0), parts.get(1));
    tape.plan(loss);
    double before = at(tape, loss);
    Lbfgs.of(20)
        .minimize(
            (pixels, slope) -> {
              double now = at(tape, loss);
              slope.copyFrom(gradient);
              return now;
            },
            image);
    double after = at(tape, loss);
    System.out.printf("style loss %.4f, after 20 steps of L-BFGS %.6f%n", before, after);
    Lessons.expect(after < before / 10, "the image has not become more alike");
  }

  private static Map<String, Tensor> grams(Network network, Tensor painting) {
    Tape tape = new Tape(DType.FLOAT32);
    Map<String, Var> grams = new HashMap<>();
    network
        .record(tape, List.of(tape.constant(painting)), NAMES)
        .forEach((name, y) -> grams.put(name, ImageLosses.gram(NORM, y)));
    tape.forward();
    Map<String, Tensor> values = new HashMap<>();
    grams.forEach((name, gram) -> values.put(name, gram.value()));
    return values;
  }

  private static double at(Tape tape, Var loss) {
    tape.replay();
    tape.backward(loss);
    return loss.value().get(0);
  }

  private static Tensor noise(long seed) {
    Tensor image = Tensor.zeros(Shape.of(1, 3, 16, 16), DType.FLOAT32);
    CounterRng draws = CounterRng.of(seed);
    for (int i = 0; i < image.count(); i++) {
      image.set(i, draws.normal(i));
    }
    return image;
  }
}
