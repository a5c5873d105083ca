package io.kiln.nn.layer;

import io.kiln.nn.autograd.Var;
import io.kiln.nn.config.Settings;
import io.kiln.nn.op.image.Pool;

/**
 * The mean of each window of a sequence. Shapes: x {@code [n, c, l]} → y {@code [n, c, ol]}.
 *
 * @param lines how the window moves
 * @param ceiling whether the number of positions is rounded up
 * @param countsPadding whether padding counts in the mean, as PyTorch's default
 */
public record AvgPool1d(Lines lines, boolean ceiling, boolean countsPadding) implements Layer {
  /**
   * Reads {@code kernel}, {@code stride} (the kernel), {@code padding}, {@code dilation}, {@code
   * ceiling}, {@code count-include-pad}.
   */
  public static AvgPool1d from(Settings settings) {
    Lines lines = Lines.from(settings, true);
    boolean ceiling = settings.flag("ceiling", false);
    boolean countsPadding = settings.flag("count-include-pad", true);
    settings.finish();
    return new AvgPool1d(lines, ceiling, countsPadding);
  }

  @Override
  public Var forward(Scope scope, Var x) {
    io.kiln.nn.op.image.Sliding sliding = lines.over("avg-pool1d", x);
    return Lines.lines(
        io.kiln.nn.op.image.AvgPool2d.of(
            Lines.planes(x), new Pool(1, lines.kernel(), sliding, ceiling, countsPadding)));
  }
}
