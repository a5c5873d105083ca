package io.kiln.nn.optim;

import io.kiln.nn.kernel.Kernels;
import io.kiln.nn.tensor.Tensor;
import io.kiln.nn.thread.Crew;
import java.util.List;
import java.util.function.IntConsumer;

/**
 * {@link Clipping} of one flat gradient, shared by threads; the bits are the same for any number.
 */
final class Clipper {
  private final Clipping limits;
  private final Kernels kernels;
  private final int threads;
  private final Squares whole;
  private final Squares each;
  private final double[] factors;
  private final IntConsumer clamp = this::clamp;
  private final IntConsumer squareEach = this::squareEach;
  private final IntConsumer scaleEach = this::scaleEach;
  private final IntConsumer squareWhole = this::squareWhole;
  private double bound;

  /**
   * The limits of a gradient.
   *
   * @param parameters the parts of the gradient that belong to one parameter
   */
  Clipper(Clipping limits, Kernels kernels, Tensor gradient, List<Tensor> parameters, int threads) {
    this.limits = limits;
    this.kernels = kernels;
    this.threads = threads;
    this.whole = new Squares(limits.isNone() ? List.of() : List.of(gradient));
    this.each = new Squares(limits.limitsEach() ? parameters : List.of());
    this.factors = new double[limits.limitsEach() ? parameters.size() : 0];
  }

  /**
   * Limits a gradient sum whose mean is scale·gradient.
   *
   * @return the norm of the mean before the limit of all together, or NaN if there is none; where
   *     it is above the limit, the caller multiplies by limit / norm
   */
  double apply(double scale, Crew crew) {
    if (limits.limitsValues()) {
      bound = limits.value() / scale;
      crew.run(clamp);
    }
    if (limits.limitsEach()) {
      crew.run(squareEach);
      for (int i = 0; i < factors.length; i++) {
        double length = Math.sqrt(each.of(i)) * scale;
        factors[i] = length > limits.normEach() ? limits.normEach() / length : 1;
      }
      crew.run(scaleEach);
    }
    if (!limits.limitsNorm()) {
      return Double.NaN;
    }
    crew.run(squareWhole);
    return Math.sqrt(whole.of(0)) * scale;
  }

  private void clamp(int thread) {
    for (int i = whole.first(thread, threads); i < whole.first(thread + 1, threads); i++) {
      kernels.updates().clamp(whole.chunk(i), bound);
    }
  }

  private void squareEach(int thread) {
    each.run(kernels, thread, threads);
  }

  private void scaleEach(int thread) {
    for (int i = each.first(thread, threads); i < each.first(thread + 1, threads); i++) {
      double factor = factors[each.tensorOf(i)];
      if (factor != 1) {
        kernels.elementwise().scale(factor, each.chunk(i), each.chunk(i));
      }
    }
  }

  private void squareWhole(int thread) {
    whole.run(kernels, thread, threads);
  }
}
