package io.kiln.nn.op.shape;

import io.kiln.nn.autograd.Check;
import io.kiln.nn.autograd.Op;
import io.kiln.nn.autograd.Var;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.Tensor;

/**
 * A part of a tensor along an axis.
 *
 * <p>Shapes: {@code [a, i, b]} → {@code [a, to − from, b]}. The gradient is dy in the part and 0
 * elsewhere.
 */
public final class Slice extends Op {
  private final int axis;
  private final int from;

  private Slice(Var x, Shape shape, int axis, int from) {
    super(shape, x);
    this.axis = axis;
    this.from = from;
  }

  /** Records indices from (inclusive) to (exclusive); a negative axis counts from the end. */
  public static Var of(Var x, int axis, int from, int to) {
    int at = axis < 0 ? axis + x.shape().rank() : axis;
    Check.that(
        at >= 0 && at < x.shape().rank(),
        "slice: x is " + x.shape() + " and has no axis " + axis + "; give one from 0");
    Check.that(
        from >= 0 && from <= to && to <= x.shape().size(at),
        "slice: x is "
            + x.shape()
            + " but indices "
            + from
            + " to "
            + to
            + " of axis "
            + at
            + " are wanted; stay within 0 to "
            + x.shape().size(at));
    return x.tape().apply(new Slice(x, x.shape().with(at, to - from), at, from));
  }

  @Override
  protected void forward() {
    Shape shape = output().shape();
    int part = shape.count(axis, shape.rank());
    kernels()
        .blocks()
        .copy(
            input(0).value(),
            from * shape.count(axis + 1, shape.rank()),
            input(0).shape().count(axis, shape.rank()),
            output().value(),
            0,
            part,
            shape.count(0, axis),
            part);
  }

  @Override
  protected void backward() {
    Shape shape = output().shape();
    int part = shape.count(axis, shape.rank());
    Tensor dx = input(0).gradTarget();
    dx.fill(0);
    kernels()
        .blocks()
        .copy(
            output().grad(),
            0,
            part,
            dx,
            from * shape.count(axis + 1, shape.rank()),
            input(0).shape().count(axis, shape.rank()),
            shape.count(0, axis),
            part);
    input(0).gradDone();
  }

  @Override
  protected boolean keepsInputs() {
    return false;
  }
}
