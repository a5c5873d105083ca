package io.kiln.nn.layer;

import io.kiln.nn.autograd.Var;
import io.kiln.nn.config.Settings;
import io.kiln.nn.op.arithmetic.Unary;

/** y = x / (1 + |x|), any shape: Turian, Bergstra and Bengio 2009. */
public record Softsign() implements Layer {
  /** Has no settings. */
  public static Softsign from(Settings settings) {
    settings.finish();
    return new Softsign();
  }

  @Override
  public Var forward(Scope scope, Var x) {
    return Unary.softsign(x);
  }
}
