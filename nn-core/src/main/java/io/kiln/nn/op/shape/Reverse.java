package io.kiln.nn.op.shape;

import io.kiln.nn.autograd.Op;
import io.kiln.nn.autograd.Var;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.Tensor;

/**
 * The same numbers in reverse order along an axis, as numpy's flip: along the last axis, images
 * mirrored left to right.
 *
 * <p>Gradient: dx = dy reversed.
 */
public final class Reverse extends Op {
  private final int[] sizes;
  private final int[] strides;
  private final int first;

  private Reverse(Var x, int axis) {
    super(x.shape(), x);
    int rank = x.shape().rank();
    this.sizes = x.shape().sizes();
    this.strides = new int[rank];
    for (int i = 0; i < rank; i++) {
      strides[i] = x.shape().count(i + 1, rank);
    }
    this.first = (sizes[axis] - 1) * strides[axis];
    strides[axis] = -strides[axis];
  }

  /** Records x reversed along an axis; a negative one counts from the end. */
  public static Var of(Var x, int axis) {
    int at = Axis.withElements("reverse", x, axis);
    return x.tape().apply(new Reverse(x, at));
  }

  /** The numbers from the one that comes first. */
  private Tensor fromFirst(Tensor x) {
    return x.reshape(Shape.of(x.count())).slice(first, Shape.of(x.count() - first));
  }

  @Override
  protected void forward() {
    if (output().shape().count() > 0) {
      kernels().strides().gather(fromFirst(input(0).value()), sizes, strides, output().value());
    }
  }

  @Override
  protected void backward() {
    Var x = input(0);
    if (x.gradBeta() == 0) {
      x.grad().fill(0);
    }
    if (output().shape().count() > 0) {
      kernels().strides().scatterAdd(output().grad(), sizes, strides, fromFirst(x.grad()));
    }
  }

  @Override
  protected boolean keepsInputs() {
    return false;
  }
}
