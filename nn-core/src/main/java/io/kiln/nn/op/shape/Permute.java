package io.kiln.nn.op.shape;

import io.kiln.nn.autograd.Check;
import io.kiln.nn.autograd.Op;
import io.kiln.nn.autograd.Var;
import io.kiln.nn.tensor.Shape;
import java.util.Arrays;

/**
 * The same numbers with the axes in another order: axis i of y is axis {@code order[i]} of x, as in
 * numpy's transpose.
 *
 * <p>Gradient: dx = dy with the axes put back.
 */
public final class Permute extends Op {
  private final int[] sizes;
  private final int[] strides;

  private Permute(Var x, int[] strides, Shape shape) {
    super(shape, x);
    this.sizes = shape.sizes();
    this.strides = strides;
  }

  /**
   * Records x with its axes permuted; negative axes count from the end.
   *
   * @throws IllegalArgumentException if order does not name every axis once
   */
  public static Var of(Var x, int... order) {
    int rank = x.shape().rank();
    int[] axes = order.clone();
    boolean[] used = new boolean[rank];
    boolean fine = axes.length == rank;
    int[] sizes = new int[rank];
    int[] strides = new int[rank];
    for (int i = 0; fine && i < rank; i++) {
      axes[i] += axes[i] < 0 ? rank : 0;
      fine = axes[i] >= 0 && axes[i] < rank && !used[axes[i]];
      if (fine) {
        used[axes[i]] = true;
        sizes[i] = x.shape().size(axes[i]);
        strides[i] = x.shape().count(axes[i] + 1, rank);
      }
    }
    Check.that(
        fine,
        "permute: order is "
            + Arrays.toString(order)
            + " but x is "
            + x.shape()
            + "; name each of its "
            + rank
            + " axes once");
    return x.tape().apply(new Permute(x, strides, Shape.of(sizes)));
  }

  /** Records x with its last two axes exchanged. */
  public static Var transpose(Var x) {
    int rank = x.shape().rank();
    Check.that(rank >= 2, "transpose: x is " + x.shape() + " but at least 2 axes are needed");
    int[] order = new int[rank];
    for (int i = 0; i < rank; i++) {
      order[i] = i;
    }
    order[rank - 1] = rank - 2;
    order[rank - 2] = rank - 1;
    return of(x, order);
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
