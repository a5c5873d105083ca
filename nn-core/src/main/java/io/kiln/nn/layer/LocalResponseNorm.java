package io.kiln.nn.layer;

import io.kiln.nn.autograd.Var;
import io.kiln.nn.config.Settings;

/**
 * y = x / (k + alpha/size·Σ x²)^beta over neighbouring channels: Krizhevsky, Sutskever and Hinton
 * 2012, in PyTorch's form and with its defaults. Shapes: x {@code [n, c, …]} → the same.
 *
 * @param size channels of a window, the own one included
 * @param alpha 10⁻⁴
 * @param beta 0.75
 * @param k 1
 */
public record LocalResponseNorm(int size, double alpha, double beta, double k) implements Layer {
  /** Reads {@code size}, {@code alpha}, {@code beta}, {@code k}. */
  public static LocalResponseNorm from(Settings settings) {
    int size = settings.atLeast(1, "size", settings.integer("size"));
    double alpha = settings.within(0, Double.POSITIVE_INFINITY, "alpha", 1e-4);
    double beta = settings.number("beta", 0.75);
    double k = settings.within(Double.MIN_NORMAL, Double.POSITIVE_INFINITY, "k", 1);
    settings.finish();
    return new LocalResponseNorm(size, alpha, beta, k);
  }

  @Override
  public Var forward(Scope scope, Var x) {
    return io.kiln.nn.op.norm.LocalResponseNorm.of(x, size, alpha, beta, k);
  }
}
