package io.kiln.nn.op.shape;

import io.kiln.nn.autograd.Check;
import io.kiln.nn.autograd.Layout;
import io.kiln.nn.autograd.Op;
import io.kiln.nn.autograd.Tape;
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

  private Concat(Shape shape, Layout layout, int axis, Var[] inputs) {
    super(shape, layout, inputs);
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
    Tape tape = inputs.get(0).tape();
    Layout layout = at == 1 ? common(inputs) : Layout.PLAIN;
    Var[] all = inputs.stream().map(x -> tape.in(layout, x)).toArray(Var[]::new);
    return tape.apply(new Concat(first.with(at, size), layout, at, all));
  }

  /** Channels side by side if all lie so and whole vectors meet. */
  private static Layout common(List<Var> inputs) {
    for (Var x : inputs) {
      boolean whole = x.layout() != Layout.PLAIN && x.storage().size(3) == x.shape().size(1);
      if (!whole) {
        return Layout.PLAIN;
      }
    }
    return Layout.CHANNELS_LAST;
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
    Shape shape = output().storage();
    // Where channels lie side by side, they are the last axis.
    int from = output().layout() == Layout.PLAIN ? axis : 3;
    int rows = shape.count(0, from);
    int whole = shape.count(from, shape.rank());
    int at = 0;
    for (Var x : inputs()) {
      int part = x.storage().count(from, shape.rank());
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
