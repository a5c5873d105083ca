package io.kiln.nn.op.image;

import io.kiln.nn.autograd.Check;
import io.kiln.nn.autograd.Layout;
import io.kiln.nn.autograd.Op;
import io.kiln.nn.autograd.Rectifies;
import io.kiln.nn.autograd.Tape;
import io.kiln.nn.autograd.Var;
import io.kiln.nn.conv.ColumnsFilter;
import io.kiln.nn.conv.ConvTensors;
import io.kiln.nn.conv.Filter;
import io.kiln.nn.conv.Filters;
import io.kiln.nn.conv.ImageGeometry;
import io.kiln.nn.kernel.Choices;
import io.kiln.nn.kernel.Window;
import io.kiln.nn.tensor.Shape;
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
public final class Conv2d extends Op implements Rectifies {
  /** Channels of a plain input that needs no gradient up to which it is read as it lies. */
  private static final int FEW = 4;

  private final Filter filter;
  private final ConvTensors tensors = new ConvTensors();
  private boolean rectified;

  private Conv2d(Shape shape, Layout layout, Filter filter, Var[] inputs) {
    super(shape, layout, inputs);
    this.filter = filter;
  }

  /**
   * Records a convolution.
   *
   * @param b null for none
   * @param groups parts into which channels and filters are cut; each filter sees its part only
   */
  public static Var of(Var x, Var w, @Nullable Var b, Sliding sliding, int groups) {
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
    Tape tape = x.tape();
    int n = x.shape().size(0);
    Shape shape = Shape.of(n, filters, window.outH(), window.outW());
    int lanes = tape.kernels().lanes();
    if (groups == 1 && tape.channelsLast() && Choices.here().channelsLast(filters, lanes)) {
      boolean planes = x.layout() == Layout.PLAIN && !x.needsGrad() && channels <= FEW;
      Var image = planes ? x : tape.in(Layout.CHANNELS_LAST, x);
      ImageGeometry sizes = new ImageGeometry(n, channels, filters, window, lanes, planes);
      Filter filter = Filters.of(tape.kernels(), sizes);
      return tape.apply(new Conv2d(shape, Layout.CHANNELS_LAST, filter, inputs(image, w, b)));
    }
    Filter filter =
        new ColumnsFilter(tape.kernels(), tape.dtype(), n, channels, filters, groups, window);
    Var image = tape.in(Layout.PLAIN, x);
    return tape.apply(new Conv2d(shape, Layout.PLAIN, filter, inputs(image, w, b)));
  }

  private static Var[] inputs(Var x, Var w, @Nullable Var b) {
    return b == null ? new Var[] {x, w} : new Var[] {x, w, b};
  }

  /** Records a convolution in one group, without bias. */
  public static Var of(Var x, Var w, Sliding sliding) {
    return of(x, w, null, sliding, 1);
  }

  @Override
  public void rectify() {
    rectified = true;
  }

  private ConvTensors tensors() {
    return tensors
        .of(
            scratch(),
            input(0).value(),
            input(1).value(),
            inputs().size() == 3 ? input(2).value() : null,
            output().value())
        .rectified(rectified);
  }

  @Override
  protected void forward() {
    filter.forward(tensors());
  }

  @Override
  protected void backward() {
    Var x = input(0);
    Var w = input(1);
    ConvTensors pass = tensors().gradient(output().grad());
    if (w.needsGrad()) {
      pass.wantsWeight(w.grad(), w.gradBeta());
    }
    if (inputs().size() == 3 && input(2).needsGrad()) {
      pass.wantsBias(input(2).grad(), input(2).gradBeta());
    }
    boolean adds = filter.addsToImage();
    if (x.needsGrad()) {
      if (adds && x.gradBeta() == 0) {
        x.grad().fill(0);
      }
      pass.wantsImage(adds ? x.grad() : x.gradTarget());
    }
    filter.backward(pass);
    if (x.needsGrad() && !adds) {
      x.gradDone();
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
    return filter.flops();
  }

  @Override
  public long backwardFlops() {
    int products = (input(0).needsGrad() ? 1 : 0) + (input(1).needsGrad() ? 1 : 0);
    return products * filter.flops();
  }
}
