package io.kiln.nn.op;

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
  private final int[] order;
  private final int[] inverse;

  private Permute(Var x, int[] order, int[] inverse, Shape shape) {
    super(shape, x);
    this.order = order;
    this.inverse = inverse;
  }

  /**
   * Records x with its axes permuted; negative axes count from the end.
   *
   * @throws IllegalArgumentException if order does not name every axis once
   */
  public static Var of(Var x, int... order) {
    int rank = x.shape().rank();
    int[] axes = order.clone();
    int[] inverse = new int[rank];
    Arrays.fill(inverse, -1);
    boolean fine = axes.length == rank;
    int[] sizes = new int[rank];
    for (int i = 0; fine && i < rank; i++) {
      axes[i] += axes[i] < 0 ? rank : 0;
      fine = axes[i] >= 0 && axes[i] < rank && inverse[axes[i]] < 0;
      if (fine) {
        inverse[axes[i]] = i;
        sizes[i] = x.shape().size(axes[i]);
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
    return x.tape().apply(new Permute(x, axes, inverse, Shape.of(sizes)));
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
    kernels().rows().permute(input(0).value(), input(0).shape().sizes(), order, output().value());
  }

  @Override
  protected void backward() {
    Var x = input(0);
    kernels().rows().permute(output().grad(), output().shape().sizes(), inverse, x.gradTarget());
    x.gradDone();
  }

  @Override
  protected boolean keepsInputs() {
    return false;
  }
}
