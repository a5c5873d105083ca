package io.kiln.nn.layer;

import io.kiln.nn.config.ConfigException;
import io.kiln.nn.config.Settings;
import io.kiln.nn.op.image.Sliding;
import io.kiln.nn.tensor.Shape;

/**
 * Padding of a plane: fixed, or as much as keeps ⌈size / stride⌉ positions.
 *
 * @param fixed rows and columns on each side; 0 if {@code same}
 * @param same whether the sizes decide
 */
public record Padding(Pair fixed, boolean same) {
  /** None. */
  public static final Padding VALID = new Padding(Pair.of(0), false);

  /** As much as keeps ⌈size / stride⌉ positions. */
  public static final Padding SAME = new Padding(Pair.of(0), true);

  /** The same number of rows and columns on each side. */
  public static Padding of(int all) {
    return new Padding(Pair.of(all), false);
  }

  /** Reads a number, {@code [h, w]}, {@code same} or {@code valid}. */
  static Padding from(Settings settings) {
    Object value = settings.raw("padding");
    if ("same".equals(value)) {
      return SAME;
    }
    if (value == null || "valid".equals(value)) {
      return VALID;
    }
    if (value instanceof String text && !text.matches("[0-9]+")) {
      throw new ConfigException(
          settings.path("padding")
              + ": '"
              + text
              + "' came but a number, [h, w], same or valid is needed");
    }
    return new Padding(Pair.from(settings, "padding", 0, Pair.of(0)), false);
  }

  /** The sliding with this padding over planes of x [n, c, h, w]. */
  Sliding apply(Sliding sliding, Shape x, Pair kernel) {
    if (!same) {
      return sliding.padding(fixed.h(), fixed.w());
    }
    return x.rank() == 4 ? sliding.same(x.size(2), x.size(3), kernel.h(), kernel.w()) : sliding;
  }
}
