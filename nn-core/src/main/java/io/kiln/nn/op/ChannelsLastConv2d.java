package io.kiln.nn.op;

import io.kiln.nn.autograd.Layout;
import io.kiln.nn.autograd.Op;
import io.kiln.nn.autograd.Var;
import io.kiln.nn.kernel.Choices;
import io.kiln.nn.kernel.Window;
import io.kiln.nn.tensor.Shape;
import org.jspecify.annotations.Nullable;

/**
 * The convolution of {@link Conv2d} in one group, with an output that has its channels side by
 * side.
 *
 * <p>Shapes: x {@code [n, c, h, w]}, weight {@code [k, c, kh, kw]}, bias {@code [k]} → y {@code [n,
 * k, oh, ow]}.
 */
final class ChannelsLastConv2d extends Op {
  /** Channels of a plain input that needs no gradient up to which it is read as it lies. */
  private static final int FEW = 4;

  private final ImageFilter filter;
  private final long flops;
  private final boolean rectified;

  private ChannelsLastConv2d(
      Var[] inputs, Shape shape, ImageFilter filter, long flops, boolean rectified) {
    super(shape, Layout.CHANNELS_LAST, inputs);
    this.filter = filter;
    this.flops = flops;
    this.rectified = rectified;
  }

  /** Whether such an output pays: most of its vectors' numbers are real ones. */
  static boolean suits(Var x, int filters) {
    return x.tape().channelsLast()
        && Choices.here().channelsLast(filters, x.tape().kernels().lanes());
  }

  static Var of(Var x, Var w, @Nullable Var b, Window window, boolean rectified) {
    int n = x.shape().size(0);
    int channels = x.shape().size(1);
    int filters = w.shape().size(0);
    boolean planes = x.layout() == Layout.PLAIN && !x.needsGrad() && channels <= FEW;
    Var image = planes ? x : x.tape().in(Layout.CHANNELS_LAST, x);
    ImageGeometry sizes =
        new ImageGeometry(n, channels, filters, window, x.tape().kernels().lanes(), planes);
    ImageFilter filter =
        WinogradFilter.suits(sizes)
            ? new WinogradFilter(sizes, x.tape().kernels().images().winograd())
            : new DirectFilter(sizes);
    Var[] inputs = b == null ? new Var[] {image, w} : new Var[] {image, w, b};
    Shape shape = Shape.of(n, filters, window.outH(), window.outW());
    long flops = 2L * n * filters * channels * window.kernelCount() * window.outCount();
    return x.tape().apply(new ChannelsLastConv2d(inputs, shape, filter, flops, rectified));
  }

  private @Nullable Var bias() {
    return inputs().size() == 3 ? input(2) : null;
  }

  @Override
  protected void forward() {
    Var b = bias();
    filter.forward(
        kernels().images(),
        scratch(),
        input(0).value(),
        input(1).value(),
        b == null ? null : b.value(),
        rectified,
        output().value());
  }

  @Override
  protected void backward() {
    Var x = input(0);
    Var w = input(1);
    Var b = bias();
    Var learned = b != null && b.needsGrad() ? b : null;
    if (x.shape().size(0) == 0) {
      // Filters add up over images in working memory, where without any is what others left there.
      nothing(w);
      nothing(learned);
      return;
    }
    filter.backward(
        kernels().images(),
        scratch(),
        x.value(),
        w.value(),
        output().grad(),
        output().value(),
        rectified,
        w.needsGrad() ? w.grad() : null,
        w.needsGrad() ? w.gradBeta() : 0,
        learned == null ? null : learned.grad(),
        learned == null ? 0 : learned.gradBeta(),
        x.needsGrad() ? x.gradTarget() : null);
    if (x.needsGrad()) {
      x.gradDone();
    }
  }

  /** Adds no gradient. */
  private static void nothing(@Nullable Var parameter) {
    if (parameter != null && parameter.needsGrad() && parameter.gradBeta() == 0) {
      parameter.grad().fill(0);
    }
  }

  @Override
  protected boolean keepsOutput() {
    return rectified;
  }

  @Override
  protected long scratchSize() {
    return filter.scratchSize();
  }

  @Override
  public long forwardFlops() {
    return flops;
  }

  @Override
  public long backwardFlops() {
    return ((input(0).needsGrad() ? 1 : 0) + (input(1).needsGrad() ? 1 : 0)) * flops;
  }
}
