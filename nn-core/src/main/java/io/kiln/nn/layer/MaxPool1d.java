package io.kiln.nn.layer;

import io.kiln.nn.autograd.Var;
import io.kiln.nn.config.Settings;
import io.kiln.nn.op.image.Pool;

/**
 * The largest element of each window of a sequence. Shapes: x {@code [n, c, l]} → y {@code [n, c,
 * ol]}; padding, at most half the window, never is the largest.
 *
 * @param lines how the window moves
 * @param ceiling whether the number of positions is rounded up
 */
public record MaxPool1d(Lines lines, boolean ceiling) implements Layer {
  /**
   * Reads {@code kernel}, {@code stride} (the kernel), {@code padding}, {@code dilation}, {@code
   * ceiling}.
   */
  public static MaxPool1d from(Settings settings) {
    Lines lines = Lines.from(settings, true);
    boolean ceiling = settings.flag("ceiling", false);
    settings.finish();
    return new MaxPool1d(lines, ceiling);
  }

  @Override
  public Var forward(Scope scope, Var x) {
    io.kiln.nn.op.image.Sliding sliding = lines.over("max-pool1d", x);
    return Lines.lines(
        io.kiln.nn.op.image.MaxPool2d.of(
            Lines.planes(x), new Pool(1, lines.kernel(), sliding, ceiling, false)));
  }
}
