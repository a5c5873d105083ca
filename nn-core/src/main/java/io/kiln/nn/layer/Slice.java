package io.kiln.nn.layer;

import io.kiln.nn.autograd.Var;
import io.kiln.nn.config.ConfigException;
import io.kiln.nn.config.Settings;
import org.jspecify.annotations.Nullable;

/**
 * A part of each sample along an axis: {@code {type: slice, axis: 1, from: -1}} keeps the last step
 * of a sequence.
 *
 * <p>Shapes: x {@code [n, a, …]} → y {@code [n, to − from, …]} for axis 1.
 *
 * @param axis along which; 0 is the batch, negative ones count from the end
 * @param from the first index kept; a negative one counts from the end
 * @param to the first index no longer kept, or null for the end; a negative one counts from the end
 */
public record Slice(int axis, int from, @Nullable Integer to) implements Layer {
  /** Reads {@code axis} (1), {@code from} (0), {@code to} (the end). */
  public static Slice from(Settings settings) {
    int axis = settings.integer("axis", 1);
    if (axis == 0) {
      throw new ConfigException(
          settings.path("axis")
              + ": 0 came but that is the batch; give 1 or more, or -1 for the last");
    }
    int from = settings.integer("from", 0);
    Integer to = settings.has("to") ? settings.integer("to") : null;
    settings.finish();
    return new Slice(axis, from, to);
  }

  @Override
  public Var forward(Scope scope, Var x) {
    int at = axis < 0 ? axis + x.shape().rank() : axis;
    int size = at >= 0 && at < x.shape().rank() ? x.shape().size(at) : 0;
    int first = from < 0 ? from + size : from;
    int end = to == null ? size : to < 0 ? to + size : to;
    return io.kiln.nn.op.shape.Slice.of(x, axis, first, end);
  }
}
