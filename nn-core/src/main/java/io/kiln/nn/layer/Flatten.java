package io.kiln.nn.layer;

import io.kiln.nn.autograd.Var;
import io.kiln.nn.config.Settings;
import io.kiln.nn.op.shape.Reshape;

/** Makes a sample one row: x [n, …] → y [n, rest]. */
public record Flatten() implements Layer {
  /** Has no settings. */
  public static Flatten from(Settings settings) {
    settings.finish();
    return new Flatten();
  }

  @Override
  public Var forward(Scope scope, Var x) {
    return x.shape().rank() == 2 ? x : Reshape.flatten(x);
  }
}
