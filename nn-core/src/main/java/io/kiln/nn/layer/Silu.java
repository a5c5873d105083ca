package io.kiln.nn.layer;

import io.kiln.nn.autograd.Var;
import io.kiln.nn.config.Settings;
import io.kiln.nn.kernel.Nonlinearity;
import io.kiln.nn.op.arithmetic.Activation;

/** Sigmoid linear unit (swish), y = x / (1 + e⁻ˣ). Any shape. Hendrycks and Gimpel 2016. */
public record Silu() implements Layer {
  /** Has no settings. */
  public static Silu from(Settings settings) {
    settings.finish();
    return new Silu();
  }

  @Override
  public Var forward(Scope scope, Var x) {
    return Activation.of(Nonlinearity.SILU, x);
  }
}
