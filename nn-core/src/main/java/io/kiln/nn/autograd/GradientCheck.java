package io.kiln.nn.autograd;

import io.kiln.nn.tensor.CounterRng;
import io.kiln.nn.tensor.DType;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * Compares gradients of the tape with central differences in float64.
 *
 * <p>The function's output y is reduced to one number Σ r·y with fixed random r. Each element of
 * each leaf is moved by ±h; the difference quotient is extrapolated once (Richardson: (4·D(h) −
 * D(2h)) / 3, error O(h⁴)). The error of a leaf is ‖a − n‖ / max(‖a‖ + ‖n‖, 10⁻⁸) over the whole
 * leaf.
 */
public final class GradientCheck {
  private static final double STEP = 1e-3;

  private GradientCheck() {}

  /** A function of leaves, recorded on their tape. */
  @FunctionalInterface
  public interface Graph {
    /** Records the function. */
    Var build(List<Var> leaves);
  }

  /**
   * The largest relative error over all leaves.
   *
   * @param leaves float64 values at which to check; they are changed and put back
   */
  public static double maxRelativeError(Graph graph, List<Tensor> leaves) {
    Tape tape = new Tape(DType.FLOAT64);
    List<Var> vars = new ArrayList<>();
    for (Tensor leaf : leaves) {
      vars.add(tape.variable(leaf));
    }
    Var y = graph.build(vars);
    tape.forward();
    Tensor weights = Tensor.zeros(y.shape(), DType.FLOAT64);
    CounterRng rng = CounterRng.of(7);
    for (int i = 0; i < weights.count(); i++) {
      weights.set(i, 0.5 + rng.uniform(i));
    }
    tape.backward(y, weights);
    double worst = 0;
    for (int k = 0; k < leaves.size(); k++) {
      Tensor analytic = vars.get(k).grad().copy();
      worst = Math.max(worst, error(tape, y, weights, leaves.get(k), analytic));
    }
    return worst;
  }

  private static double error(Tape tape, Var y, Tensor weights, Tensor leaf, Tensor analytic) {
    double difference = 0;
    double a = 0;
    double n = 0;
    for (int i = 0; i < leaf.count(); i++) {
      double near = quotient(tape, y, weights, leaf, i, STEP);
      double far = quotient(tape, y, weights, leaf, i, 2 * STEP);
      double numeric = (4 * near - far) / 3;
      difference += Math.pow(analytic.get(i) - numeric, 2);
      a += Math.pow(analytic.get(i), 2);
      n += Math.pow(numeric, 2);
    }
    return Math.sqrt(difference) / Math.max(Math.sqrt(a) + Math.sqrt(n), 1e-8);
  }

  private static double quotient(
      Tape tape, Var y, Tensor weights, Tensor leaf, int i, double step) {
    double was = leaf.get(i);
    leaf.set(i, was + step);
    double up = reduce(tape, y, weights);
    leaf.set(i, was - step);
    double down = reduce(tape, y, weights);
    leaf.set(i, was);
    return (up - down) / (2 * step);
  }

  private static double reduce(Tape tape, Var y, Tensor weights) {
    tape.replay();
    double sum = 0;
    for (int i = 0; i < weights.count(); i++) {
      sum += weights.get(i) * y.value().get(i);
    }
    return sum;
  }

  /** Normally distributed float64 numbers, the same for the same seed. */
  public static Tensor random(long seed, int... sizes) {
    Tensor tensor = Tensor.zeros(Shape.of(sizes), DType.FLOAT64);
    CounterRng rng = CounterRng.of(seed);
    for (int i = 0; i < tensor.count(); i++) {
      tensor.set(i, rng.normal(i));
    }
    return tensor;
  }
}
