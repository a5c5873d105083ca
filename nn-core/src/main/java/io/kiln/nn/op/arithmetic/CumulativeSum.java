package io.kiln.nn.op.arithmetic;

import io.kiln.nn.autograd.Op;
import io.kiln.nn.autograd.Var;
import io.kiln.nn.kernel.AxisLoops;
import io.kiln.nn.kernel.Kernels;
import io.kiln.nn.op.shape.Axis;

/**
 * y[i] = Σ x[j] for j ≤ i along an axis. Shapes: y has that of x.
 *
 * <p>Gradient: dx[i] = Σ dy[j] for j ≥ i.
 */
public final class CumulativeSum extends Op {
  private final AxisLoops.Sizes sizes;
  private final AxisLoops loops;

  private CumulativeSum(Var x, int axis) {
    super(x.shape(), x);
    this.sizes = Axis.sizes(x.shape(), axis);
    this.loops = Kernels.of(x.tape().dtype()).axes();
  }

  /** Records the sums; a negative axis counts from the end. */
  public static Var of(Var x, int axis) {
    return x.tape().apply(new CumulativeSum(x, Axis.of("cumulative-sum", x, axis)));
  }

  @Override
  protected void forward() {
    loops.cumulate(false, input(0).value(), sizes, output().value());
  }

  @Override
  protected void backward() {
    Var x = input(0);
    loops.cumulate(true, output().grad(), sizes, x.gradTarget());
    x.gradDone();
  }

  @Override
  protected boolean keepsInputs() {
    return false;
  }

  @Override
  public long forwardFlops() {
    return output().shape().count();
  }

  @Override
  public long backwardFlops() {
    return output().shape().count();
  }
}
