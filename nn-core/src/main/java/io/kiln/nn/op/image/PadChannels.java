package io.kiln.nn.op.image;

import io.kiln.nn.autograd.Check;
import io.kiln.nn.autograd.Layout;
import io.kiln.nn.autograd.Op;
import io.kiln.nn.autograd.Var;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.Tensor;

/**
 * Images with channels of zeros before and behind their own.
 *
 * <p>Shapes: x {@code [n, c, h, w]} → y {@code [n, before + c + behind, h, w]}. The gradient is dy
 * of x's own channels.
 */
public final class PadChannels extends Op {
  private final int before;

  private PadChannels(Var x, Shape shape, int before) {
    super(shape, x.layout(), x);
    this.before = before;
  }

  /** Records x with that many channels of zeros on both sides. */
  public static Var of(Var x, int before, int behind) {
    Check.rank("pad-channels", "x", x, 4);
    Check.that(
        before >= 0 && behind >= 0,
        "pad-channels: [" + before + ", " + behind + "] came but both must be 0 or more");
    Shape shape = x.shape().with(1, before + x.shape().size(1) + behind);
    return x.tape().apply(new PadChannels(x, shape, before));
  }

  @Override
  protected void forward() {
    output().value().fill(0);
    copy(input(0).value(), output().value(), true);
  }

  @Override
  protected void backward() {
    Var x = input(0);
    Tensor dx = x.gradTarget();
    if (x.storage().count() > x.shape().count()) {
      dx.fill(0); // numbers beyond the channels
    }
    copy(dx, output().grad(), false);
    x.gradDone();
  }

  /** A row is what has the channels of one image, or of one pixel. */
  private void copy(Tensor inside, Tensor whole, boolean outward) {
    Shape in = input(0).shape();
    boolean plain = output().layout() == Layout.PLAIN;
    int rows = in.size(0) * (plain ? 1 : in.count(2, 4));
    int of = plain ? in.count(2, 4) : 1;
    int step = input(0).storage().count() / Math.max(1, rows);
    int wide = output().storage().count() / Math.max(1, rows);
    int count = in.size(1) * of;
    if (outward) {
      kernels().blocks().copy(inside, 0, step, whole, before * of, wide, rows, count);
    } else {
      kernels().blocks().copy(whole, before * of, wide, inside, 0, step, rows, count);
    }
  }

  @Override
  protected boolean keepsInputs() {
    return false;
  }
}
