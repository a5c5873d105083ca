package io.kiln.nn.op.arithmetic;

import io.kiln.nn.autograd.Check;
import io.kiln.nn.autograd.Op;
import io.kiln.nn.autograd.Var;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.Tensor;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * x repeated along axes: those of size 1, and new ones in front, as in numpy.
 *
 * <p>Gradient: dx = dy, summed over these axes.
 */
public final class Broadcast extends Op {
  private final int[] sizes;
  private final int[] strides;

  private Broadcast(Var x, Shape shape, int[] strides) {
    super(shape, x);
    this.sizes = shape.sizes();
    this.strides = strides;
  }

  /** Records x in that shape; x itself if it has it. */
  public static Var of(Var x, Shape shape) {
    if (x.shape().equals(shape)) {
      return x;
    }
    Check.that(
        Objects.equals(common(x.shape(), shape), shape),
        "broadcast: x is "
            + x.shape()
            + " but "
            + shape
            + " is wanted; from the right, each size must be that or 1");
    int[] strides = new int[shape.rank()];
    int ahead = shape.rank() - x.shape().rank();
    for (int axis = 0; axis < x.shape().rank(); axis++) {
      boolean repeats = x.shape().size(axis) == 1;
      strides[ahead + axis] = repeats ? 0 : x.shape().count(axis + 1, x.shape().rank());
    }
    return x.tape().apply(new Broadcast(x, shape, strides));
  }

  /** The shape that both can be repeated to, or null. */
  static @Nullable Shape common(Shape x, Shape y) {
    int rank = Math.max(x.rank(), y.rank());
    int[] sizes = new int[rank];
    for (int i = 1; i <= rank; i++) {
      int a = i <= x.rank() ? x.size(-i) : 1;
      int b = i <= y.rank() ? y.size(-i) : 1;
      if (a != b && a != 1 && b != 1) {
        return null;
      }
      sizes[rank - i] = a == 1 ? b : a;
    }
    return Shape.of(sizes);
  }

  @Override
  protected void forward() {
    kernels().strides().gather(input(0).value(), sizes, strides, output().value());
  }

  @Override
  protected void backward() {
    Var x = input(0);
    Tensor dx = x.gradTarget();
    dx.fill(0);
    kernels().strides().scatterAdd(output().grad(), sizes, strides, dx);
    x.gradDone();
  }

  @Override
  protected boolean keepsInputs() {
    return false;
  }
}
