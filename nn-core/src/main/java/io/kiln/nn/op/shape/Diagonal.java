package io.kiln.nn.op.shape;

import io.kiln.nn.autograd.Check;
import io.kiln.nn.autograd.Op;
import io.kiln.nn.autograd.Var;
import io.kiln.nn.tensor.Shape;

/**
 * The elements of x whose indices on two axes are equal: y[…, i, …] = x[…, i, …, i, …].
 *
 * <p>Shapes: x with two axes of one size → y without the second of them. Gradient: dy on the
 * diagonal, 0 elsewhere.
 */
public final class Diagonal extends Op {
  private final int[] sizes;
  private final int[] strides;

  private Diagonal(Var x, int[] strides, Shape shape) {
    super(shape, x);
    this.sizes = shape.sizes();
    this.strides = strides;
  }

  /** Records the diagonal of axes {@code first < second}. */
  public static Var of(Var x, int first, int second) {
    int rank = x.shape().rank();
    Check.that(
        first >= 0 && first < second && second < rank,
        "diagonal: axes "
            + first
            + " and "
            + second
            + " came but x is "
            + x.shape()
            + "; give two of its axes, the smaller first");
    Check.that(
        x.shape().size(first) == x.shape().size(second),
        "diagonal: axes "
            + first
            + " and "
            + second
            + " of "
            + x.shape()
            + " differ in size; they must be equal");
    int[] sizes = new int[rank - 1];
    int[] strides = new int[rank - 1];
    for (int axis = 0, i = 0; axis < rank; axis++) {
      if (axis != second) {
        sizes[i] = x.shape().size(axis);
        strides[i++] = x.shape().count(axis + 1, rank);
      }
    }
    strides[first] += x.shape().count(second + 1, rank);
    return x.tape().apply(new Diagonal(x, strides, Shape.of(sizes)));
  }

  @Override
  protected void forward() {
    kernels().strides().gather(input(0).value(), sizes, strides, output().value());
  }

  @Override
  protected void backward() {
    Var x = input(0);
    if (x.gradBeta() == 0) {
      x.grad().fill(0);
    }
    kernels().strides().scatterAdd(output().grad(), sizes, strides, x.grad());
  }

  @Override
  protected boolean keepsInputs() {
    return false;
  }
}
