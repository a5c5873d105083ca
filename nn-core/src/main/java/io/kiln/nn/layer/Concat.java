package io.kiln.nn.layer;

import io.kiln.nn.autograd.Var;
import io.kiln.nn.config.ConfigException;
import io.kiln.nn.config.Settings;

/**
 * The outputs of several branches one after another along an axis, as in Inception and SqueezeNet.
 *
 * <p>Shapes: branches {@code [n, a, …]}, {@code [n, b, …]}, … → y {@code [n, a + b + …, …]} for
 * axis 1, the channels.
 *
 * @param branches what is joined
 * @param axis along which; 0 is the batch, negative ones count from the end
 */
public record Concat(Branches branches, int axis) implements Layer {
  /** Reads {@code branches} (see {@link Branches}), {@code axis} (1). */
  public static Concat from(Settings settings) {
    Branches branches = Branches.from(settings);
    int axis = settings.integer("axis", 1);
    if (axis == 0) {
      throw new ConfigException(
          settings.path("axis")
              + ": 0 came but that is the batch; give 1 or more, or -1 for the last");
    }
    settings.finish();
    return new Concat(branches, axis);
  }

  @Override
  public Var forward(Scope scope, Var x) {
    return io.kiln.nn.op.shape.Concat.of(axis, branches.forward(scope, x));
  }
}
