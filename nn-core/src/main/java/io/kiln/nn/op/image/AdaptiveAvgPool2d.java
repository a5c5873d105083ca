package io.kiln.nn.op.image;

import io.kiln.nn.autograd.Check;
import io.kiln.nn.autograd.Layout;
import io.kiln.nn.autograd.Op;
import io.kiln.nn.autograd.Var;
import io.kiln.nn.op.shape.Reshape;
import io.kiln.nn.tensor.Shape;

/**
 * Means of a fixed number of parts of each plane, whatever its size, by PyTorch's rule: part i of h
 * covers rows ⌊i·inH/h⌋ to ⌈(i+1)·inH/h⌉; parts overlap where h does not divide inH.
 *
 * <p>Shapes: x {@code [n, c, inH, inW]} → y {@code [n, c, h, w]}.
 */
public final class AdaptiveAvgPool2d extends Op {
  private AdaptiveAvgPool2d(Var x, Shape shape, Layout layout) {
    super(shape, layout, x);
  }

  /** Records a pooling to h by w parts. */
  public static Var of(Var x, int h, int w) {
    Check.rank("adaptive-avg-pool2d", "x", x, 4);
    Check.that(
        h > 0 && w > 0 && x.shape().size(2) > 0 && x.shape().size(3) > 0,
        "adaptive-avg-pool2d: x is "
            + x.shape()
            + " and ["
            + h
            + ", "
            + w
            + "] parts are wanted; all sizes must be 1 or more");
    Shape shape = Shape.of(x.shape().size(0), x.shape().size(1), h, w);
    // Means of whole planes are taken as the pixels lie; other parts, plane by plane.
    Layout layout = h == 1 && w == 1 ? x.layout() : Layout.PLAIN;
    return x.tape().apply(new AdaptiveAvgPool2d(x.tape().in(layout, x), shape, layout));
  }

  /** Records the mean of each whole plane: x [n, c, h, w] → y [n, c]. */
  public static Var global(Var x) {
    return Reshape.flatten(of(x, 1, 1));
  }

  private int planes() {
    return output().shape().count(0, 2);
  }

  private boolean isPlain() {
    return output().layout() == Layout.PLAIN;
  }

  @Override
  protected void forward() {
    Shape in = input(0).shape();
    if (!isPlain()) {
      int pixels = in.count(2, 4);
      int width = output().storage().size(3);
      kernels()
          .images()
          .means()
          .sum(input(0).value(), in.size(0), pixels, width, 1.0 / pixels, output().value());
      return;
    }
    Shape out = output().shape();
    kernels()
        .pooling()
        .adaptiveMean(
            input(0).value(),
            planes(),
            in.size(2),
            in.size(3),
            out.size(2),
            out.size(3),
            output().value());
  }

  @Override
  protected void backward() {
    Var x = input(0);
    Shape in = x.shape();
    if (!isPlain()) {
      int pixels = in.count(2, 4);
      int width = output().storage().size(3);
      kernels()
          .images()
          .means()
          .sumBackward(output().grad(), in.size(0), pixels, width, 1.0 / pixels, x.gradTarget());
      x.gradDone();
      return;
    }
    Shape out = output().shape();
    kernels()
        .pooling()
        .adaptiveMeanBackward(
            output().grad(),
            planes(),
            in.size(2),
            in.size(3),
            out.size(2),
            out.size(3),
            x.gradTarget());
    x.gradDone();
  }

  @Override
  protected boolean keepsInputs() {
    return false;
  }

  @Override
  public long forwardFlops() {
    return input(0).shape().count();
  }

  @Override
  public long backwardFlops() {
    return input(0).shape().count();
  }
}
