package io.kiln.nn.op.shape;

import io.kiln.nn.autograd.Check;
import io.kiln.nn.autograd.Var;
import io.kiln.nn.kernel.AxisLoops;
import io.kiln.nn.tensor.Shape;

/** One axis of a node, for ops along it. */
public final class Axis {
  private Axis() {}

  /** The axis counted from 0; a negative one counts from the end. */
  public static int of(String where, Var x, int axis) {
    int rank = x.shape().rank();
    int at = axis < 0 ? axis + rank : axis;
    Check.that(
        at >= 0 && at < rank,
        where + ": x is " + x.shape() + " and has no axis " + axis + "; give one from 0");
    return at;
  }

  /** An axis that has elements. */
  public static int withElements(String where, Var x, int axis) {
    int at = of(where, x, axis);
    Check.that(
        x.shape().size(at) > 0,
        where + ": x is " + x.shape() + " but axis " + at + " must have 1 or more elements");
    return at;
  }

  /** How many elements lie before, along and after the axis. */
  public static AxisLoops.Sizes sizes(Shape x, int axis) {
    return new AxisLoops.Sizes(x.count(0, axis), x.size(axis), x.count(axis + 1, x.rank()));
  }

  /** The shape without that axis. */
  public static Shape without(Shape x, int axis) {
    int[] sizes = new int[x.rank() - 1];
    for (int i = 0; i < sizes.length; i++) {
      sizes[i] = x.size(i < axis ? i : i + 1);
    }
    return Shape.of(sizes);
  }
}
