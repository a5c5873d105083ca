package io.kiln.nn.op;

import io.kiln.nn.autograd.Op;
import io.kiln.nn.autograd.Var;
import io.kiln.nn.kernel.Window;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Two-dimensional convolution as networks mean it (a correlation: the window is not turned round),
 * optionally with a bias and a rectifier in the same pass.
 *
 * <p>Shapes: x {@code [n, c, h, w]}, weight {@code [k, c/groups, kh, kw]}, bias {@code [k]} → y
 * {@code [n, k, oh, ow]} with oh = ⌊(h + padding − dilation·(kh − 1) − 1) / stride⌋ + 1.
 *
 * <p>y[i, f, oy, ox] = b[f] + Σ w[f, c, r, s] · x[i, c, oy·stride − pad + r·dilation, …]. In the
 * words of {@link Convolution}: dx is the full convolution of dy with w, dw the filtering of x with
 * dy, db the sum of dy.
 */
public final class Conv2d extends Op {
  private final Filtering filtering;
  private final boolean rectified;
  private @Nullable Tensor none;

  private Conv2d(Var[] inputs, Shape shape, Filtering filtering, boolean rectified) {
    super(shape, inputs);
    this.filtering = filtering;
    this.rectified = rectified;
  }

  /**
   * Records a convolution.
   *
   * @param b null for none
   * @param groups parts into which channels and filters are cut; each filter sees its part only
   * @param rectified whether y is max(…, 0)
   */
  public static Var of(
      Var x, Var w, @Nullable Var b, Sliding sliding, int groups, boolean rectified) {
    Check.rank("conv2d", "x", x, 4);
    Check.rank("conv2d", "weight", w, 4);
    int channels = x.shape().size(1);
    int filters = w.shape().size(0);
    Check.that(
        groups > 0 && channels % groups == 0 && filters % groups == 0,
        "conv2d: "
            + channels
            + " channels and "
            + filters
            + " filters cannot be cut into "
            + groups
            + " groups; both must be multiples of it");
    Check.that(
        w.shape().size(1) == channels / groups,
        "conv2d: x is "
            + x.shape()
            + " but weight is "
            + w.shape()
            + "; with "
            + groups
            + (groups == 1 ? " group" : " groups")
            + " x needs "
            + w.shape().size(1) * groups
            + " channels");
    Check.that(
        b == null || b.shape().equals(Shape.of(filters)),
        "conv2d: bias is "
            + (b == null ? "" : b.shape())
            + " but weight is "
            + w.shape()
            + "; bias needs ["
            + filters
            + "]");
    Window window =
        sliding.over(
            "conv2d",
            x.shape().size(2),
            x.shape().size(3),
            w.shape().size(2),
            w.shape().size(3),
            false);
    if (groups == 1 && ChannelsLastConv2d.suits(x, filters)) {
      return ChannelsLastConv2d.of(x, w, b, window, rectified);
    }
    int n = x.shape().size(0);
    Filtering filtering = new Filtering(n, channels, filters, groups, window);
    Var[] inputs = b == null ? new Var[] {x, w} : new Var[] {x, w, b};
    Shape shape = Shape.of(n, filters, window.outH(), window.outW());
    return x.tape().apply(new Conv2d(inputs, shape, filtering, rectified));
  }

  /** Records a convolution in one group, without bias. */
  public static Var of(Var x, Var w, Sliding sliding) {
    return of(x, w, null, sliding, 1, false);
  }

  @Override
  protected void forward() {
    Tensor bias = inputs().size() == 3 ? input(2).value() : none();
    filtering.filter(
        kernels(),
        scratch(),
        input(0).value(),
        input(1).value(),
        bias,
        rectified,
        output().value());
  }

  private Tensor none() {
    Tensor tensor = none;
    if (tensor == null) {
      tensor = Tensor.zeros(Shape.of(0), output().tape().dtype());
      none = tensor;
    }
    return tensor;
  }

  @Override
  protected void backward() {
    Var x = input(0);
    Var w = input(1);
    Var b = inputs().size() == 3 && input(2).needsGrad() ? input(2) : null;
    if (x.needsGrad() && x.gradBeta() == 0) {
      x.grad().fill(0);
    }
    Tensor y = output().value();
    filtering.backward(
        kernels(),
        scratch(),
        x.value(),
        w.value(),
        output().grad(),
        y,
        rectified,
        w.needsGrad() ? w.grad() : null,
        w.needsGrad() ? w.gradBeta() : 0,
        b == null ? null : b.grad(),
        b == null ? 0 : b.gradBeta(),
        x.needsGrad() ? x.grad() : null);
  }

  @Override
  protected boolean keepsOutput() {
    return rectified;
  }

  @Override
  protected long scratchSize() {
    return filtering.scratchSize();
  }

  @Override
  public long forwardFlops() {
    return filtering.flops();
  }

  @Override
  public long backwardFlops() {
    int products = (input(0).needsGrad() ? 1 : 0) + (input(1).needsGrad() ? 1 : 0);
    return products * filtering.flops();
  }
}
