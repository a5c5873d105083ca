package io.kiln.nn.layer;

import io.kiln.nn.autograd.Var;
import io.kiln.nn.config.Settings;
import io.kiln.nn.op.image.Pool;
import io.kiln.nn.op.image.Sliding;

/**
 * The mean of each window.
 *
 * <p>Shapes: x {@code [n, c, h, w]} → y {@code [n, c, oh, ow]}.
 *
 * @param kernel size of the window
 * @param stride step of the window
 * @param padding zeros around each plane, at most half the window
 * @param dilation distance of the window's elements
 * @param ceiling whether the number of positions is rounded up
 * @param countsPadding whether padding counts in the mean, as PyTorch's default
 */
public record AvgPool2d(
    Pair kernel,
    Pair stride,
    Padding padding,
    Pair dilation,
    boolean ceiling,
    boolean countsPadding)
    implements Layer {
  /** A square window that moves by its stride. */
  public static AvgPool2d of(int kernel, int stride, int padding) {
    return new AvgPool2d(
        Pair.of(kernel), Pair.of(stride), Padding.of(padding), Pair.of(1), false, true);
  }

  /**
   * Reads {@code kernel}, {@code stride} (the kernel), {@code padding}, {@code dilation}, {@code
   * ceiling}, {@code count-include-pad}.
   */
  public static AvgPool2d from(Settings settings) {
    Pair kernel = Pair.from(settings, "kernel", 1);
    Pair stride = Pair.from(settings, "stride", 1, kernel);
    Padding padding = Padding.from(settings);
    Pair dilation = Pair.from(settings, "dilation", 1, Pair.of(1));
    boolean ceiling = settings.flag("ceiling", false);
    boolean countsPadding = settings.flag("count-include-pad", true);
    settings.finish();
    return new AvgPool2d(kernel, stride, padding, dilation, ceiling, countsPadding);
  }

  @Override
  public Var forward(Scope scope, Var x) {
    Sliding sliding =
        Sliding.UNIT.stride(stride.h(), stride.w()).dilation(dilation.h(), dilation.w());
    Sliding padded = padding.apply(sliding, x.shape(), kernel);
    return io.kiln.nn.op.image.AvgPool2d.of(
        x, new Pool(kernel.h(), kernel.w(), padded, ceiling, countsPadding));
  }
}
