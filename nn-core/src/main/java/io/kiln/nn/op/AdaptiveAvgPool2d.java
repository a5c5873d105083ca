package io.kiln.nn.op;

import io.kiln.nn.autograd.Op;
import io.kiln.nn.autograd.Var;
import io.kiln.nn.tensor.Shape;

/**
 * Means of a fixed number of parts of each plane, whatever its size, by PyTorch's rule: part i of h
 * covers rows ⌊i·inH/h⌋ to ⌈(i+1)·inH/h⌉; parts overlap where h does not divide inH.
 *
 * <p>Shapes: x {@code [n, c, inH, inW]} → y {@code [n, c, h, w]}.
 */
public final class AdaptiveAvgPool2d extends Op {
  private AdaptiveAvgPool2d(Var x, Shape shape) {
    super(shape, x);
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
    return x.tape().apply(new AdaptiveAvgPool2d(x, shape));
  }

  /** Records the mean of each whole plane: x [n, c, h, w] → y [n, c]. */
  public static Var global(Var x) {
    return Reshape.flatten(of(x, 1, 1));
  }

  private int planes() {
    return output().shape().count(0, 2);
  }

  @Override
  protected void forward() {
    Shape in = input(0).shape();
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
