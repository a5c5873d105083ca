package io.kiln.nn.layer;

import io.kiln.nn.autograd.Var;
import io.kiln.nn.config.Settings;
import io.kiln.nn.kernel.Nonlinearity;
import io.kiln.nn.op.arithmetic.Activation;

/** Logistic function, y = 1 / (1 + e⁻ˣ). Any shape. */
public record Sigmoid() implements Layer {
  /** Has no settings. */
  public static Sigmoid from(Settings settings) {
    settings.finish();
    return new Sigmoid();
  }

  @Override
  public Var forward(Scope scope, Var x) {
    return Activation.of(Nonlinearity.SIGMOID, x);
  }
}
