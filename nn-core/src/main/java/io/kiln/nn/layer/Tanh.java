package io.kiln.nn.layer;

import io.kiln.nn.autograd.Var;
import io.kiln.nn.config.Settings;
import io.kiln.nn.kernel.Nonlinearity;
import io.kiln.nn.op.arithmetic.Activation;

/** Hyperbolic tangent, y = tanh x. Any shape. */
public record Tanh() implements Layer {
  /** Has no settings. */
  public static Tanh from(Settings settings) {
    settings.finish();
    return new Tanh();
  }

  @Override
  public Var forward(Scope scope, Var x) {
    return Activation.of(Nonlinearity.TANH, x);
  }
}
