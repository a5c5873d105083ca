package io.kiln.nn.layer;

import io.kiln.nn.autograd.Var;
import io.kiln.nn.config.Settings;
import io.kiln.nn.kernel.Nonlinearity;
import io.kiln.nn.op.arithmetic.Activation;

/**
 * Smooth rectifier, y = log(1 + e^(beta·x)) / beta. Any shape.
 *
 * @param beta sharpness of the bend, above 0
 */
public record Softplus(double beta) implements Layer {
  /** Reads {@code beta}. */
  public static Softplus from(Settings settings) {
    double beta = settings.within(1e-6, 1e6, "beta", 1);
    settings.finish();
    return new Softplus(beta);
  }

  @Override
  public Var forward(Scope scope, Var x) {
    return Activation.of(Nonlinearity.SOFTPLUS, beta, x);
  }
}
