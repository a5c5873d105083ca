package io.kiln.nn.op.shape;

import io.kiln.nn.autograd.Check;
import io.kiln.nn.autograd.Op;
import io.kiln.nn.autograd.Var;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.Tensor;

/**
 * Planes with a rim of one number.
 *
 * <p>Shapes: x {@code [n, c, h, w]} → y {@code [n, c, top + h + bottom, left + w + right]}. The
 * gradient is the inside of dy.
 */
public final class Pad extends Op {
  private final int top;
  private final int left;
  private final double rim;

  private Pad(Var x, Shape shape, int top, int left, double rim) {
    super(shape, x);
    this.top = top;
    this.left = left;
    this.rim = rim;
  }

  /** Records x with that many rows and columns around each plane. */
  public static Var of(Var x, int top, int bottom, int left, int right, double rim) {
    Check.rank("pad", "x", x, 4);
    Check.that(
        top >= 0 && bottom >= 0 && left >= 0 && right >= 0,
        "pad: ["
            + top
            + ", "
            + bottom
            + ", "
            + left
            + ", "
            + right
            + "] came but all must be 0 or more");
    Shape in = x.shape();
    Shape shape =
        Shape.of(in.size(0), in.size(1), top + in.size(2) + bottom, left + in.size(3) + right);
    return x.tape().apply(new Pad(x, shape, top, left, rim));
  }

  @Override
  protected void forward() {
    output().value().fill(rim);
    copy(input(0).value(), output().value(), true);
  }

  @Override
  protected void backward() {
    copy(input(0).gradTarget(), output().grad(), false);
    input(0).gradDone();
  }

  private void copy(Tensor inside, Tensor whole, boolean outward) {
    Shape in = input(0).shape();
    int h = in.size(2);
    int w = in.size(3);
    int wide = output().shape().size(3);
    int plane = output().shape().count(2, 4);
    for (int p = 0; p < in.count(0, 2); p++) {
      int at = p * plane + top * wide + left;
      if (outward) {
        kernels().blocks().copy(inside, p * h * w, w, whole, at, wide, h, w);
      } else {
        kernels().blocks().copy(whole, at, wide, inside, p * h * w, w, h, w);
      }
    }
  }

  @Override
  protected boolean keepsInputs() {
    return false;
  }
}
