package io.kiln.nn.layer;

import io.kiln.nn.autograd.Var;
import io.kiln.nn.config.Settings;
import io.kiln.nn.op.image.Sliding;
import io.kiln.nn.tensor.Shape;

/**
 * Transposed convolution with learned filters: makes planes larger where {@link Conv2d} makes them
 * smaller.
 *
 * <p>Shapes: x {@code [n, c, h, w]} → y {@code [n, filters, oh, ow]}; parameters {@code weight} [c,
 * filters/groups, kh, kw] and {@code bias} [filters], PyTorch's names, layout and defaults.
 *
 * @param filters number of output channels
 * @param kernel size of the window
 * @param stride step of the window over the output
 * @param padding rows and columns cut off the output on each side
 * @param outputPadding rows and columns added to the output below and right
 * @param dilation distance of the window's elements
 * @param groups parts into which the channels are cut
 * @param bias whether a bias is added
 * @param init initial values of the weight
 */
public record ConvTranspose2d(
    int filters,
    Pair kernel,
    Pair stride,
    Pair padding,
    Pair outputPadding,
    Pair dilation,
    int groups,
    boolean bias,
    Init init)
    implements Layer {
  /**
   * Reads {@code filters}, {@code kernel}, {@code stride}, {@code padding}, {@code output-padding},
   * {@code dilation}, {@code groups}, {@code bias}, {@code init}.
   */
  public static ConvTranspose2d from(Settings settings) {
    int filters = settings.atLeast(1, "filters", settings.integer("filters"));
    Pair kernel = Pair.from(settings, "kernel", 1);
    Pair stride = Pair.from(settings, "stride", 1, Pair.of(1));
    Pair padding = Pair.from(settings, "padding", 0, Pair.of(0));
    Pair outputPadding = Pair.from(settings, "output-padding", 0, Pair.of(0));
    Pair dilation = Pair.from(settings, "dilation", 1, Pair.of(1));
    int groups = settings.atLeast(1, "groups", 1);
    boolean bias = settings.flag("bias", true);
    Init init = Init.from(settings, "init", Init.fanIn());
    settings.finish();
    return new ConvTranspose2d(
        filters, kernel, stride, padding, outputPadding, dilation, groups, bias, init);
  }

  @Override
  public Var forward(Scope scope, Var x) {
    int channels = x.shape().rank() < 2 ? 1 : x.shape().size(1);
    Shape shape = Shape.of(channels, Math.max(1, filters / groups), kernel.h(), kernel.w());
    Var w = scope.weight("weight", shape, init);
    Var b = null;
    if (bias) {
      double bound = 1 / Math.sqrt(Math.max(1, Init.fanIn(shape)));
      b = scope.bias("bias", Shape.of(shape.size(1) * groups), Init.uniform(bound));
    }
    Sliding sliding =
        Sliding.UNIT
            .stride(stride.h(), stride.w())
            .padding(padding.h(), padding.w())
            .dilation(dilation.h(), dilation.w());
    return io.kiln.nn.op.image.ConvTranspose2d.of(
        x, w, b, sliding, outputPadding.h(), outputPadding.w(), groups);
  }
}
