package io.kiln.nn.layer;

import io.kiln.nn.autograd.Var;
import io.kiln.nn.config.Settings;

/**
 * Softmax over the last axis, y = eˣ / Σ eˣ. Shapes: x {@code […, classes]} → the same. Training
 * needs none: softmax-cross-entropy takes the scores.
 */
public record Softmax() implements Layer {
  /** Has no settings. */
  public static Softmax from(Settings settings) {
    settings.finish();
    return new Softmax();
  }

  @Override
  public Var forward(Scope scope, Var x) {
    return io.kiln.nn.op.Softmax.of(x);
  }
}
