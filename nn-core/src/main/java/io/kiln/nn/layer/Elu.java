package io.kiln.nn.layer;

import io.kiln.nn.autograd.Var;
import io.kiln.nn.config.Settings;
import io.kiln.nn.kernel.Nonlinearity;
import io.kiln.nn.op.arithmetic.Activation;

/**
 * Exponential linear unit, y = x where x &gt; 0, else alpha·(eˣ − 1). Any shape. Clevert,
 * Unterthiner and Hochreiter 2016.
 *
 * @param alpha minus the limit for very negative x, 0 or more
 */
public record Elu(double alpha) implements Layer {
  /** Reads {@code alpha}. */
  public static Elu from(Settings settings) {
    double alpha = settings.within(0, Double.POSITIVE_INFINITY, "alpha", 1);
    settings.finish();
    return new Elu(alpha);
  }

  @Override
  public Var forward(Scope scope, Var x) {
    return Activation.of(Nonlinearity.ELU, alpha, x);
  }
}
