package io.kiln.nn.layer;

import io.kiln.nn.autograd.Var;
import io.kiln.nn.config.ConfigException;
import io.kiln.nn.config.Settings;
import java.util.List;

/**
 * A rim around each plane: x {@code [n, c, h, w]} → y {@code [n, c, h + …, w + …]}.
 *
 * @param top rows above
 * @param bottom rows below
 * @param left columns on the left
 * @param right columns on the right
 * @param value the number there
 */
public record Pad(int top, int bottom, int left, int right, double value) implements Layer {
  /**
   * Reads {@code padding} (a number, {@code [h, w]} or {@code [top, bottom, left, right]}) and
   * {@code value} (0).
   */
  public static Pad from(Settings settings) {
    double value = settings.number("value", 0);
    List<Integer> sizes = settings.integers("padding", List.of());
    if (sizes.size() != 4) {
      Pair pair = Pair.from(settings, "padding", 0);
      sizes = List.of(pair.h(), pair.h(), pair.w(), pair.w());
    }
    settings.finish();
    for (int size : sizes) {
      if (size < 0) {
        throw new ConfigException(
            settings.path("padding") + ": " + sizes + " came but each must be 0 or more");
      }
    }
    return new Pad(sizes.get(0), sizes.get(1), sizes.get(2), sizes.get(3), value);
  }

  @Override
  public Var forward(Scope scope, Var x) {
    return io.kiln.nn.op.shape.Pad.of(x, top, bottom, left, right, value);
  }
}
