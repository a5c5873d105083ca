package io.kiln.nn.op.image;

import io.kiln.nn.autograd.Check;
import io.kiln.nn.autograd.Layout;
import io.kiln.nn.autograd.Op;
import io.kiln.nn.autograd.Rectifies;
import io.kiln.nn.autograd.Var;
import io.kiln.nn.kernel.Window;
import io.kiln.nn.tensor.Shape;

/**
 * The largest element of each window, optionally rectified in the same pass.
 *
 * <p>Shapes: x {@code [n, c, h, w]} → y {@code [n, c, oh, ow]}. Padding never wins.
 *
 * <p>Gradient: dy goes to the first of the largest elements of its window; rectified, only where y
 * &gt; 0, which is the gradient of a rectifier before the pooling too.
 */
public final class MaxPool2d extends Op implements Rectifies {
  private final int planes;
  private final Window window;
  private boolean rectified;

  private MaxPool2d(Var x, Shape shape, int planes, Window window) {
    super(shape, x.layout(), x);
    this.planes = planes;
    this.window = window;
  }

  /** Records a pooling. */
  public static Var of(Var x, Pool pool) {
    Window window = window("max-pool2d", x, pool);
    int n = x.shape().size(0);
    int c = x.shape().size(1);
    Shape shape = Shape.of(n, c, window.outH(), window.outW());
    return x.tape().apply(new MaxPool2d(x, shape, n * c, window));
  }

  @Override
  public void rectify() {
    rectified = true;
  }

  @Override
  public boolean takesRectifierBefore() {
    return true;
  }

  static Window window(String where, Var x, Pool pool) {
    Check.rank(where, "x", x, 4);
    Sliding sliding = pool.sliding();
    int extentH = sliding.dilationH() * (pool.h() - 1) + 1;
    int extentW = sliding.dilationW() * (pool.w() - 1) + 1;
    Check.that(
        2 * Math.max(sliding.padTop(), sliding.padBottom()) <= extentH
            && 2 * Math.max(sliding.padLeft(), sliding.padRight()) <= extentW,
        where
            + ": padding ["
            + Math.max(sliding.padTop(), sliding.padBottom())
            + ", "
            + Math.max(sliding.padLeft(), sliding.padRight())
            + "] came but the window covers ["
            + extentH
            + ", "
            + extentW
            + "]; padding must be at most half of it");
    return sliding.over(
        where, x.shape().size(2), x.shape().size(3), pool.h(), pool.w(), pool.ceiling());
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
          .pooling()
          .maximum(
              input(0).value(),
              output().shape().size(0),
              width(),
              window,
              rectified,
              output().value(),
              state());
      return;
    }
    kernels()
        .pooling()
        .maximum(input(0).value(), planes, window, rectified, output().value(), state());
  }

  @Override
  protected void backward() {
    Var x = input(0);
    if (!isPlain()) {
      kernels()
          .images()
          .pooling()
          .maximumBackward(
              output().grad(),
              output().value(),
              state(),
              output().shape().size(0),
              width(),
              window,
              rectified,
              x.gradTarget());
      x.gradDone();
      return;
    }
    kernels()
        .pooling()
        .maximumBackward(
            output().grad(), output().value(), state(), planes, window, rectified, x.gradTarget());
    x.gradDone();
  }

  @Override
  protected boolean keepsInputs() {
    return false;
  }

  @Override
  protected boolean keepsOutput() {
    return rectified;
  }

  @Override
  protected long stateSize() {
    return output().storage().count();
  }

  @Override
  public long forwardFlops() {
    return (long) planes * window.outCount() * window.kernelCount();
  }

  @Override
  public long backwardFlops() {
    return (long) planes * window.outCount();
  }
}
