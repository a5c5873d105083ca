package io.kiln.nn.optim;

import io.kiln.nn.config.Settings;
import io.kiln.nn.kernel.Kernels;
import io.kiln.nn.tensor.Tensor;
import java.util.List;

/**
 * Limits of the mean gradient, applied in this order; infinity for none.
 *
 * @param value bound of each element's size
 * @param normEach bound of each parameter's L2 norm
 * @param norm bound of the L2 norm of all together: Pascanu, Mikolov and Bengio 2013
 */
public record Clipping(double value, double normEach, double norm) {
  private static final double NONE = Double.POSITIVE_INFINITY;

  /** No limits. */
  public static Clipping none() {
    return new Clipping(NONE, NONE, NONE);
  }

  /** Reads {@code clip-value}, {@code clip-norm-each}, {@code clip-norm}. */
  static Clipping from(Settings settings) {
    return new Clipping(
        settings.within(Double.MIN_NORMAL, NONE, "clip-value", NONE),
        settings.within(Double.MIN_NORMAL, NONE, "clip-norm-each", NONE),
        settings.within(Double.MIN_NORMAL, NONE, "clip-norm", NONE));
  }

  /**
   * Limits a gradient sum whose mean is scale·gradient.
   *
   * @param each the parts of the gradient that belong to one parameter
   * @return the factor that remains to be applied to the sum, at most scale; and the norm of the
   *     mean before the last limit, or NaN if there is none
   */
  Result apply(Kernels kernels, Tensor gradient, List<Tensor> each, double scale) {
    if (value != NONE) {
      kernels.updates().clamp(gradient, value / scale);
    }
    if (normEach != NONE) {
      for (Tensor part : each) {
        double length = Math.sqrt(kernels.elementwise().sumOfSquares(part)) * scale;
        if (length > normEach) {
          kernels.elementwise().scale(normEach / length, part, part);
        }
      }
    }
    if (norm == NONE) {
      return new Result(scale, Double.NaN);
    }
    double length = Math.sqrt(kernels.elementwise().sumOfSquares(gradient)) * scale;
    return new Result(length > norm ? scale * (norm / length) : scale, length);
  }

  /**
   * What {@link #apply} found.
   *
   * @param scale factor of the gradient sum
   * @param norm L2 norm of the mean gradient before the limit of the norm, or NaN
   */
  record Result(double scale, double norm) {}
}
