package io.kiln.nn.layer;

import io.kiln.nn.autograd.Var;
import io.kiln.nn.config.Settings;

/**
 * Softmax over an axis, the last unless said otherwise, y = eˣ / Σ eˣ. Shapes: x {@code […,
 * classes, …]} → the same. Training needs none: softmax-cross-entropy takes the scores.
 */
public record Softmax(int axis) implements Layer {
  /** Reads {@code axis} (-1, the last). */
  public static Softmax from(Settings settings) {
    int axis = settings.integer("axis", -1);
    settings.finish();
    return new Softmax(axis);
  }

  /** Over the last axis. */
  public Softmax() {
    this(-1);
  }

  @Override
  public Var forward(Scope scope, Var x) {
    return io.kiln.nn.op.norm.Softmax.of(x, axis);
  }
}
