package io.kiln.nn.op.arithmetic;

import io.kiln.nn.autograd.Op;
import io.kiln.nn.autograd.Var;
import io.kiln.nn.kernel.AxisLoops;
import io.kiln.nn.kernel.Kernels;
import io.kiln.nn.op.shape.Axis;
import io.kiln.nn.tensor.Shape;

/**
 * The largest or smallest element along an axis, which y no longer has, or where it is.
 *
 * <p>Gradient: dy goes to the first of equal ones; places have none.
 */
public final class Extreme extends Op {
  private final boolean smallest;
  private final boolean places;
  private final AxisLoops.Sizes sizes;
  private final AxisLoops loops;

  private Extreme(boolean smallest, boolean places, Var x, int axis, Shape shape) {
    super(shape, x);
    this.smallest = smallest;
    this.places = places;
    this.sizes = Axis.sizes(x.shape(), axis);
    this.loops = Kernels.of(x.tape().dtype()).axes();
  }

  /** Records the largest elements along an axis; a negative one counts from the end. */
  public static Var maximum(Var x, int axis) {
    return record("max", false, false, x, axis);
  }

  /** Records the smallest elements along an axis. */
  public static Var minimum(Var x, int axis) {
    return record("min", true, false, x, axis);
  }

  /** Records the index of the first of the largest elements along an axis. */
  public static Var argmax(Var x, int axis) {
    return record("argmax", false, true, x, axis);
  }

  /** Records the index of the first of the smallest elements along an axis. */
  public static Var argmin(Var x, int axis) {
    return record("argmin", true, true, x, axis);
  }

  private static Var record(String where, boolean smallest, boolean places, Var x, int axis) {
    int at = Axis.withElements(where, x, axis);
    Shape shape = Axis.without(x.shape(), at);
    return x.tape().apply(new Extreme(smallest, places, x, at, shape));
  }

  @Override
  public String label() {
    return (places ? "arg" : "") + (smallest ? "min" : "max");
  }

  @Override
  protected void forward() {
    if (places) {
      loops.extreme(smallest, input(0).value(), sizes, state(), output().value());
    } else {
      loops.extreme(smallest, input(0).value(), sizes, output().value(), state());
    }
  }

  @Override
  protected void backward() {
    Var x = input(0);
    if (places) {
      x.gradTarget().fill(0);
    } else {
      loops.extremeBackward(output().grad(), state(), sizes, x.gradTarget());
    }
    x.gradDone();
  }

  @Override
  protected boolean keepsInputs() {
    return false;
  }

  @Override
  protected long stateSize() {
    return output().shape().count();
  }

  @Override
  public long forwardFlops() {
    return input(0).shape().count();
  }
}
