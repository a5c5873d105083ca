package io.kiln.nn.layer;

import io.kiln.nn.autograd.Var;
import io.kiln.nn.config.Settings;
import io.kiln.nn.op.image.Pool;
import io.kiln.nn.op.image.Sliding;

/**
 * The largest element of each window.
 *
 * <p>Shapes: x {@code [n, c, h, w]} → y {@code [n, c, oh, ow]}.
 *
 * @param kernel size of the window
 * @param stride step of the window
 * @param padding around each plane, at most half the window; never the largest
 * @param dilation distance of the window's elements
 * @param ceiling whether the number of positions is rounded up
 */
public record MaxPool2d(Pair kernel, Pair stride, Padding padding, Pair dilation, boolean ceiling)
    implements Layer {
  /** A square window that moves by its stride. */
  public static MaxPool2d of(int kernel, int stride, int padding) {
    return new MaxPool2d(Pair.of(kernel), Pair.of(stride), Padding.of(padding), Pair.of(1), false);
  }

  /**
   * Reads {@code kernel}, {@code stride} (the kernel), {@code padding}, {@code dilation}, {@code
   * ceiling}.
   */
  public static MaxPool2d from(Settings settings) {
    Pair kernel = Pair.from(settings, "kernel", 1);
    Pair stride = Pair.from(settings, "stride", 1, kernel);
    Padding padding = Padding.from(settings);
    Pair dilation = Pair.from(settings, "dilation", 1, Pair.of(1));
    boolean ceiling = settings.flag("ceiling", false);
    settings.finish();
    return new MaxPool2d(kernel, stride, padding, dilation, ceiling);
  }

  @Override
  public Var forward(Scope scope, Var x) {
    Sliding sliding =
        Sliding.UNIT.stride(stride.h(), stride.w()).dilation(dilation.h(), dilation.w());
    Sliding padded = padding.apply(sliding, x.shape(), kernel);
    return io.kiln.nn.op.image.MaxPool2d.of(
        x, new Pool(kernel.h(), kernel.w(), padded, ceiling, false));
  }
}
