package io.kiln.nn.layer;

import io.kiln.nn.autograd.Var;
import io.kiln.nn.config.Settings;

/**
 * Logarithm of the softmax over the last axis, y = x − log Σ eˣ. Shapes: x {@code […, classes]} →
 * the same.
 */
public record LogSoftmax() implements Layer {
  /** Has no settings. */
  public static LogSoftmax from(Settings settings) {
    settings.finish();
    return new LogSoftmax();
  }

  @Override
  public Var forward(Scope scope, Var x) {
    return io.kiln.nn.op.Softmax.logarithm(x);
  }
}
