package io.kiln.nn.layer;

import io.kiln.nn.autograd.Var;
import io.kiln.nn.config.Settings;

/**
 * Logarithm of the softmax over an axis, the last unless said otherwise, y = x − log Σ eˣ. Shapes:
 * x → the same.
 */
public record LogSoftmax(int axis) implements Layer {
  /** Reads {@code axis} (-1, the last). */
  public static LogSoftmax from(Settings settings) {
    int axis = settings.integer("axis", -1);
    settings.finish();
    return new LogSoftmax(axis);
  }

  /** Over the last axis. */
  public LogSoftmax() {
    this(-1);
  }

  @Override
  public Var forward(Scope scope, Var x) {
    return io.kiln.nn.op.norm.Softmax.logarithm(x, axis);
  }
}
