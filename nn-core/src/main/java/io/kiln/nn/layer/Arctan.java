package io.kiln.nn.layer;

import io.kiln.nn.autograd.Var;
import io.kiln.nn.config.Settings;
import io.kiln.nn.kernel.Nonlinearity;
import io.kiln.nn.op.arithmetic.Activation;

/** Arc tangent, y = arctan x. Any shape. */
public record Arctan() implements Layer {
  /** Has no settings. */
  public static Arctan from(Settings settings) {
    settings.finish();
    return new Arctan();
  }

  @Override
  public Var forward(Scope scope, Var x) {
    return Activation.of(Nonlinearity.ARCTAN, x);
  }
}
