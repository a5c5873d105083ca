package io.kiln.nn.layer;

import io.kiln.nn.autograd.Var;
import io.kiln.nn.config.ConfigException;
import io.kiln.nn.config.Settings;
import io.kiln.nn.op.image.Sliding;
import io.kiln.nn.op.shape.Reshape;
import io.kiln.nn.tensor.Shape;

/**
 * How a window moves along lines x {@code [n, c, l]}, which are planes of one row.
 *
 * @param kernel size of the window
 * @param stride its step
 * @param padding on each side; −1: as much as keeps ⌈l / stride⌉ positions
 * @param dilation distance of its elements
 */
public record Lines(int kernel, int stride, int padding, int dilation) {
  private static final int SAME = -1;

  /**
   * Reads {@code kernel}, {@code stride}, {@code padding} (a number, same, valid), {@code
   * dilation}.
   */
  static Lines from(Settings settings, boolean pools) {
    int kernel = settings.atLeast(1, "kernel", settings.integer("kernel"));
    int stride = settings.atLeast(1, "stride", pools ? kernel : 1);
    int dilation = settings.atLeast(1, "dilation", 1);
    Object value = settings.raw("padding");
    int padding =
        "same".equals(value)
            ? SAME
            : value == null || "valid".equals(value) ? 0 : settings.atLeast(0, "padding", 0);
    return new Lines(kernel, stride, padding, dilation);
  }

  Sliding over(String where, Var x) {
    if (x.shape().rank() != 3) {
      throw new ConfigException(
          where + ": x is " + x.shape() + " but lines [n, channels, length] are needed");
    }
    Sliding sliding = Sliding.UNIT.stride(1, stride).dilation(1, dilation);
    return padding == SAME
        ? sliding.same(1, x.shape().size(2), 1, kernel)
        : sliding.padding(0, padding);
  }

  /** x {@code [n, c, l]} as planes {@code [n, c, 1, l]}. */
  static Var planes(Var x) {
    return Reshape.of(x, Shape.of(x.shape().size(0), x.shape().size(1), 1, x.shape().size(2)));
  }

  /** Planes of one row as lines. */
  static Var lines(Var y) {
    return Reshape.of(y, Shape.of(y.shape().size(0), y.shape().size(1), y.shape().size(3)));
  }
}
