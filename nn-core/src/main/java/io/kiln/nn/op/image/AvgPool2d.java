package io.kiln.nn.op.image;

import io.kiln.nn.autograd.Layout;
import io.kiln.nn.autograd.Op;
import io.kiln.nn.autograd.Var;
import io.kiln.nn.kernel.Window;
import io.kiln.nn.tensor.Shape;

/**
 * The mean of each window, by PyTorch's rules.
 *
 * <p>Shapes: x {@code [n, c, h, w]} → y {@code [n, c, oh, ow]}. The sum is divided by the elements
 * of the window that lie in the plane, or, if padding counts, in the plane and its padding.
 *
 * <p>Gradient: dy divided by the same number goes to each element of its window.
 */
public final class AvgPool2d extends Op {
  private final int planes;
  private final Window window;
  private final Sliding sliding;
  private final boolean countsPadding;

  private AvgPool2d(
      Var x, Shape shape, int planes, Window window, Sliding sliding, boolean countsPadding) {
    super(shape, x.layout(), x);
    this.planes = planes;
    this.window = window;
    this.sliding = sliding;
    this.countsPadding = countsPadding;
  }

  /** Records a pooling. */
  public static Var of(Var x, Pool pool) {
    Window window = MaxPool2d.window("avg-pool2d", x, pool);
    int n = x.shape().size(0);
    int c = x.shape().size(1);
    Shape shape = Shape.of(n, c, window.outH(), window.outW());
    boolean dilated = window.dilationH() > 1 || window.dilationW() > 1;
    Var in = dilated ? x.tape().in(Layout.PLAIN, x) : x;
    return x.tape()
        .apply(new AvgPool2d(in, shape, n * c, window, pool.sliding(), pool.countsPadding()));
  }

  private boolean isPlain() {
    return output().layout() == Layout.PLAIN;
  }

  /** Numbers of a pixel that has its channels side by side. */
  private int width() {
    return output().storage().size(3);
  }

  @Override
  protected void forward() {
    if (!isPlain()) {
      kernels()
          .images()
          .means()
          .mean(
              input(0).value(),
              output().shape().size(0),
              width(),
              window,
              sliding.padBottom(),
              sliding.padRight(),
              countsPadding,
              output().value());
      return;
    }
    kernels()
        .pooling()
        .mean(
            input(0).value(),
            planes,
            window,
            sliding.padBottom(),
            sliding.padRight(),
            countsPadding,
            output().value());
  }

  @Override
  protected void backward() {
    Var x = input(0);
    if (!isPlain()) {
      kernels()
          .images()
          .means()
          .meanBackward(
              output().grad(),
              output().shape().size(0),
              width(),
              window,
              sliding.padBottom(),
              sliding.padRight(),
              countsPadding,
              x.gradTarget());
      x.gradDone();
      return;
    }
    kernels()
        .pooling()
        .meanBackward(
            output().grad(),
            planes,
            window,
            sliding.padBottom(),
            sliding.padRight(),
            countsPadding,
            x.gradTarget());
    x.gradDone();
  }

  @Override
  protected boolean keepsInputs() {
    return false;
  }

  @Override
  public long forwardFlops() {
    return (long) planes * window.outCount() * window.kernelCount();
  }

  @Override
  public long backwardFlops() {
    return (long) planes * window.outCount() * window.kernelCount();
  }
}
