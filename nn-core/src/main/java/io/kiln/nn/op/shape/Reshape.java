package io.kiln.nn.op.shape;

import io.kiln.nn.autograd.Check;
import io.kiln.nn.autograd.Op;
import io.kiln.nn.autograd.Var;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.Tensor;

/** The same numbers in row-major order under another shape of equal count; nothing is copied. */
public final class Reshape extends Op {
  private Reshape(Var x, Shape shape) {
    super(shape, x);
  }

  /** Records x under that shape. */
  public static Var of(Var x, Shape shape) {
    Check.that(
        x.shape().count() == shape.count(),
        "reshape: x is "
            + x.shape()
            + " with "
            + x.shape().count()
            + " elements but "
            + shape
            + " has "
            + shape.count()
            + "; the counts must be equal");
    return x.tape().apply(new Reshape(x, shape));
  }

  /** Records x [n, …] as a matrix [n, rest]. */
  public static Var flatten(Var x) {
    int n = x.shape().size(0);
    return of(x, Shape.of(n, x.shape().count(1, x.shape().rank())));
  }

  @Override
  protected void forward() {
    // The output is a view of the input.
  }

  @Override
  protected void backward() {
    Var x = input(0);
    Tensor dx = x.gradTarget();
    Tensor dy = output().grad();
    if (!dx.sharesWith(dy)) {
      dx.copyFrom(dy);
    }
    x.gradDone();
  }

  @Override
  protected boolean keepsInputs() {
    return false;
  }

  @Override
  protected boolean isView() {
    return true;
  }
}
