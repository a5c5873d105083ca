package io.kiln.nn.layer;

import io.kiln.nn.autograd.Var;
import io.kiln.nn.config.Settings;

/** Rectifier, y = max(x, 0). Any shape. */
public record Relu() implements Layer {
  /** Has no settings. */
  public static Relu from(Settings settings) {
    settings.finish();
    return new Relu();
  }

  @Override
  public Var forward(Scope scope, Var x) {
    return io.kiln.nn.op.arithmetic.Relu.of(x);
  }
}
