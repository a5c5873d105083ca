package io.kiln.nn.layer;

import io.kiln.nn.autograd.Var;
import io.kiln.nn.config.Settings;

/**
 * Means of a fixed number of parts of each plane, whatever its size.
 *
 * <p>Shapes: x {@code [n, c, inH, inW]} → y {@code [n, c, h, w]}.
 *
 * @param size parts down and to the right
 */
public record AdaptiveAvgPool2d(Pair size) implements Layer {
  /** Reads {@code size}. */
  public static AdaptiveAvgPool2d from(Settings settings) {
    Pair size = Pair.from(settings, "size", 1);
    settings.finish();
    return new AdaptiveAvgPool2d(size);
  }

  @Override
  public Var forward(Scope scope, Var x) {
    return io.kiln.nn.op.image.AdaptiveAvgPool2d.of(x, size.h(), size.w());
  }
}
