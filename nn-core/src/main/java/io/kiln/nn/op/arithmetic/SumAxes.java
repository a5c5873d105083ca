package io.kiln.nn.op.arithmetic;

import io.kiln.nn.autograd.Check;
import io.kiln.nn.autograd.Op;
import io.kiln.nn.autograd.Var;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.Tensor;
import java.util.Arrays;

/**
 * y = Σ of x over some axes, which y no longer has.
 *
 * <p>Gradient: dx = dy, repeated along those axes.
 */
public final class SumAxes extends Op {
  private final int[] sizes;
  private final int[] strides;

  private SumAxes(Var x, int[] strides, Shape shape) {
    super(shape, x);
    this.sizes = x.shape().sizes();
    this.strides = strides;
  }

  /** Records the sum of all elements, shape []. */
  public static Var all(Var x) {
    int[] axes = new int[x.shape().rank()];
    for (int i = 0; i < axes.length; i++) {
      axes[i] = i;
    }
    return of(x, axes);
  }

  /** Records the sum over these axes; negative axes count from the end. */
  public static Var of(Var x, int... axes) {
    int rank = x.shape().rank();
    boolean[] summed = new boolean[rank];
    for (int axis : axes) {
      int at = axis < 0 ? axis + rank : axis;
      Check.that(
          at >= 0 && at < rank && !summed[at],
          "sum-axes: axes are "
              + Arrays.toString(axes)
              + " but x is "
              + x.shape()
              + "; name each axis at most once");
      summed[at] = true;
    }
    int[] sizes = new int[rank - axes.length];
    int[] strides = new int[rank];
    int stride = 1;
    for (int axis = rank - 1, i = sizes.length - 1; axis >= 0; axis--) {
      if (!summed[axis]) {
        sizes[i--] = x.shape().size(axis);
        strides[axis] = stride;
        stride *= x.shape().size(axis);
      }
    }
    return x.tape().apply(new SumAxes(x, strides, Shape.of(sizes)));
  }

  @Override
  public String label() {
    return "sum";
  }

  @Override
  protected void forward() {
    output().value().fill(0);
    kernels().strides().scatterAdd(input(0).value(), sizes, strides, output().value());
  }

  @Override
  protected void backward() {
    Var x = input(0);
    Tensor dx = x.gradTarget();
    kernels().strides().gather(output().grad(), sizes, strides, dx);
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
}
