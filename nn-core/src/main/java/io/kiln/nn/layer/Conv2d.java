package io.kiln.nn.layer;

import io.kiln.nn.autograd.Var;
import io.kiln.nn.config.Settings;
import io.kiln.nn.op.image.Sliding;
import io.kiln.nn.tensor.Shape;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Two-dimensional convolution with learned filters.
 *
 * <p>Shapes: x {@code [n, c, h, w]} → y {@code [n, filters, oh, ow]}; parameters {@code weight}
 * [filters, c/groups, kh, kw] and {@code bias} [filters], PyTorch's names, layout and defaults
 * (both uniform in ±1/√(c/groups·kh·kw)).
 *
 * @param filters number of output channels
 * @param kernel size of the window
 * @param stride step of the window
 * @param padding zeros around each plane
 * @param dilation distance of the window's elements
 * @param groups parts into which the channels are cut
 * @param bias whether a bias is added
 * @param init initial values of the weight
 * @param biasInit initial values of the bias; null: uniform in ±1/√fan-in
 */
public record Conv2d(
    int filters,
    Pair kernel,
    Pair stride,
    Padding padding,
    Pair dilation,
    int groups,
    boolean bias,
    Init init,
    @Nullable Init biasInit)
    implements Layer {
  /** Filters of a square window at step 1, with bias. */
  public static Conv2d of(int filters, int kernel, int padding) {
    return from(
        Settings.of("conv2d", Map.of("filters", filters, "kernel", kernel, "padding", padding)));
  }

  /** Filters of a square window without bias: what stands before a batch normalization. */
  public static Conv2d plain(int filters, int kernel, int stride, int padding) {
    return from(
        Settings.of(
            "conv2d",
            Map.of(
                "filters", filters, "kernel", kernel, "stride", stride, "padding", padding, "bias",
                false)));
  }

  /**
   * Reads {@code filters}, {@code kernel}, {@code stride}, {@code padding}, {@code dilation},
   * {@code groups}, {@code bias}, {@code init}, {@code bias-init}.
   */
  public static Conv2d from(Settings settings) {
    int filters = settings.atLeast(1, "filters", settings.integer("filters"));
    Pair kernel = Pair.from(settings, "kernel", 1);
    Pair stride = Pair.from(settings, "stride", 1, Pair.of(1));
    Padding padding = Padding.from(settings);
    Pair dilation = Pair.from(settings, "dilation", 1, Pair.of(1));
    int groups = settings.atLeast(1, "groups", 1);
    boolean bias = settings.flag("bias", true);
    Init init = Init.from(settings, "init", Init.fanIn());
    Init biasInit =
        settings.has("bias-init") ? Init.from(settings, "bias-init", Init.zeros()) : null;
    settings.finish();
    return new Conv2d(filters, kernel, stride, padding, dilation, groups, bias, init, biasInit);
  }

  @Override
  public Var forward(Scope scope, Var x) {
    if (init instanceof Whitening && scope.training() && x.producer() != null) {
      throw new IllegalArgumentException(
          "conv2d: init: whitening came for a convolution inside the network but it is made from"
              + " the images themselves; use it in the first layer");
    }
    int channels = x.shape().rank() < 2 ? 1 : x.shape().size(1);
    Shape shape = Shape.of(filters, Math.max(1, channels / groups), kernel.h(), kernel.w());
    Var w = scope.weight("weight", shape, init);
    Var b = null;
    if (bias) {
      Init start =
          biasInit != null ? biasInit : Init.uniform(1 / Math.sqrt(Math.max(1, Init.fanIn(shape))));
      b = scope.bias("bias", Shape.of(filters), start);
    }
    Sliding sliding =
        Sliding.UNIT.stride(stride.h(), stride.w()).dilation(dilation.h(), dilation.w());
    Sliding padded = padding.apply(sliding, x.shape(), kernel);
    return io.kiln.nn.op.image.Conv2d.of(x, w, b, padded, groups);
  }
}
