package lessons;

import io.kiln.nn.autograd.Op;
import io.kiln.nn.autograd.Tape;
import io.kiln.nn.autograd.Var;
import io.kiln.nn.graph.Graph;
import io.kiln.nn.graph.Node;
import io.kiln.nn.op.Ops;
import io.kiln.nn.tensor.CounterRng;
import io.kiln.nn.tensor.DType;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Lesson 11: computation graphs by hand, with the value and the gradient of every node. */
public final class Graphs11 {
  private Graphs11() {}

  /** Runs the lesson; drawings go into a folder, the first argument. */
  public static void main(String[] arguments) throws IOException {
    Path folder = Path.of(arguments.length == 0 ? "graphs" : arguments[0]);
    Files.createDirectories(folder);
    neuron(folder);
    Node[] once = sums(folder, false);
    Node[] twice = sums(folder, true);
    // (x + y)·z: x and y move it alike. (x + y)·(y + z): y is used twice, what comes back is added.
    Lessons.expect(once[1].gradient() == 4, "d (x + y)z / dy is z");
    Lessons.expect(twice[1].gradient() == (3 + 4) + (2 + 3), "y gets what comes back on both ways");
    deep();
  }

  /** f = 1 / (1 + exp(−(w0·x0 + w1/x1 − w2·x2 + w3))). */
  private static void neuron(Path folder) throws IOException {
    Graph graph = new Graph();
    Node w0 = graph.number("w0", 2);
    Node x0 = graph.number("x0", -1);
    Node w1 = graph.number("w1", -3);
    Node x1 = graph.number("x1", 2);
    Node w2 = graph.number("w2", 1);
    Node x2 = graph.number("x2", -2);
    Node w3 = graph.number("w3", 1);
    Node z = w0.times(x0).plus(w1.over(x1)).minus(w2.times(x2)).plus(w3).named("z");
    Node f = z.negated().exp().plus(1).reciprocal().named("f");
    graph.backward(f);
    System.out.print(graph.table());
    Files.writeString(folder.resolve("neuron.svg"), graph.svg());
    double y = 1 / (1 + Math.exp(0.5));
    Lessons.expect(Math.abs(f.value() - y) < 1e-12, "z is -2 - 1.5 + 2 + 1 = -0.5");
    Lessons.expect(Math.abs(z.gradient() - y * (1 - y)) < 1e-12, "the slope of σ is σ·(1 − σ)");
    Lessons.expect(Math.abs(x1.gradient() - z.gradient() * 3 / 4) < 1e-12, "−w1 / x1² is 3/4");
  }

  private static Node[] sums(Path folder, boolean copies) throws IOException {
    Graph graph = new Graph();
    Node x = graph.number("x", 2);
    Node y = graph.number("y", 3);
    Node z = graph.number("z", 4);
    Node f = x.plus(y).times(copies ? y.plus(z) : z).named("f");
    graph.backward(f);
    System.out.print(graph.table());
    Files.writeString(folder.resolve(copies ? "copied.svg" : "sum.svg"), graph.svg());
    return new Node[] {x, y, z};
  }

  /** A deep net of ReLUs with squared loss: what its products cost, and all the rest. */
  private static void deep() {
    Tape tape = new Tape(DType.FLOAT64);
    Var h = tape.constant(random(1, 32, 64));
    for (int layer = 0; layer < 6; layer++) {
      Var w = tape.variable(random(10 + layer, 64, 64));
      h = Ops.relu(Ops.matrixMultiply(h, w));
    }
    Var error = Ops.subtract(h, tape.constant(random(2, 32, 64)));
    Var loss = Ops.mean(Ops.multiply(error, error));
    tape.forward();
    tape.backward(loss);
    long[] products = new long[2];
    long[] others = new long[2];
    for (Op op : tape.ops()) {
      long[] kind = op.name().contains("atrix") ? products : others;
      kind[0] += op.forwardFlops();
      kind[1] += op.backwardFlops();
    }
    System.out.printf(
        "forward: products %d, the rest %d; back: products %d, the rest %d operations%n",
        products[0], others[0], products[1], others[1]);
    Lessons.expect(products[0] == 6L * 2 * 32 * 64 * 64, "a product takes 2·n·in·out operations");
    Lessons.expect(products[0] > 50 * others[0], "products are nearly all of it");
    Lessons.expect(products[1] > 1.5 * products[0], "the way back takes nearly twice as much");
  }

  private static Tensor random(long seed, int rows, int columns) {
    Tensor x = Tensor.zeros(Shape.of(rows, columns), DType.FLOAT64);
    for (int i = 0; i < x.count(); i++) {
      x.set(i, CounterRng.of(seed).normal(i) / 8);
    }
    return x;
  }
}
