package io.kiln.nn.op;

import io.kiln.nn.autograd.Op;
import io.kiln.nn.autograd.Var;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.Tensor;
import java.util.List;

/**
 * Tensors one after another along an axis; all other sizes are equal.
 *
 * <p>Shapes: {@code [a, i, b]}, {@code [a, j, b]}, … → {@code [a, i + j + …, b]}. Each input's
 * gradient is its part of dy.
 */
public final class Concat extends Op {
  private final int axis;

  private Concat(Shape shape, int axis, Var[] inputs) {
    super(shape, inputs);
    this.axis = axis;
  }

  /** Records the inputs (at least one) along an axis; a negative axis counts from the end. */
  public static Var of(int axis, List<Var> inputs) {
    Check.that(!inputs.isEmpty(), "concat: no input came; give one or more");
    Shape first = inputs.get(0).shape();
    int at = axis < 0 ? axis + first.rank() : axis;
    Check.that(
        at >= 0 && at < first.rank(),
        "concat: x is " + first + " and has no axis " + axis + "; give one from 0");
    int size = 0;
    for (Var x : inputs) {
      Check.that(
          x.shape().rank() == first.rank() && x.shape().with(at, 0).equals(first.with(at, 0)),
          "concat: x is "
              + first
              + " but another is "
              + x.shape()
              + "; all sizes but axis "
              + at
              + " must be equal");
      size += x.shape().size(at);
    }
    Var[] all = inputs.toArray(new Var[0]);
    return all[0].tape().apply(new Concat(first.with(at, size), at, all));
  }

  @Override
  protected void forward() {
    copy(true);
  }

  @Override
  protected void backward() {
    copy(false);
  }

  private void copy(boolean forward) {
    Shape shape = output().shape();
    int rows = shape.count(0, axis);
    int whole = shape.count(axis, shape.rank());
    int at = 0;
    for (Var x : inputs()) {
      int part = x.shape().count(axis, shape.rank());
      if (forward) {
        kernels().blocks().copy(x.value(), 0, part, output().value(), at, whole, rows, part);
      } else if (x.needsGrad()) {
        Tensor dx = x.gradTarget();
        kernels().blocks().copy(output().grad(), at, whole, dx, 0, part, rows, part);
        x.gradDone();
      }
      at += part;
    }
  }

  @Override
  protected boolean keepsInputs() {
    return false;
  }
}
