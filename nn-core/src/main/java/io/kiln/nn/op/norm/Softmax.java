package io.kiln.nn.op.norm;

import io.kiln.nn.autograd.Check;
import io.kiln.nn.autograd.Op;
import io.kiln.nn.autograd.Var;
import io.kiln.nn.op.shape.Axis;
import io.kiln.nn.op.shape.Permute;
import io.kiln.nn.tensor.Shape;

/**
 * Softmax over the last axis, y = exp(x − max) / Σ exp(x − max), or its logarithm, y = x − max −
 * log Σ exp(x − max); stable for scores of any size.
 *
 * <p>Shapes: x {@code […, classes]} → y of the same shape.
 *
 * <p>Gradient: dx = y·(dy − Σ y·dy), and for the logarithm dx = dy − exp(y)·Σ dy, the sums over the
 * last axis.
 */
public final class Softmax extends Op {
  private final boolean logarithm;
  private final int rows;
  private final int classes;

  private Softmax(boolean logarithm, Var x) {
    super(x.shape(), x);
    Shape shape = x.shape();
    this.logarithm = logarithm;
    this.rows = shape.count(0, shape.rank() - 1);
    this.classes = shape.size(-1);
  }

  /** Records the softmax. */
  public static Var of(Var x) {
    return record("softmax", false, x);
  }

  /** Records the logarithm of the softmax. */
  public static Var logarithm(Var x) {
    return record("log-softmax", true, x);
  }

  /** Records the softmax over an axis; a negative one counts from the end. */
  public static Var of(Var x, int axis) {
    return along("softmax", false, x, axis);
  }

  /** Records the logarithm of the softmax over an axis. */
  public static Var logarithm(Var x, int axis) {
    return along("log-softmax", true, x, axis);
  }

  /** The axis is brought to the end and back; the last one stays. */
  private static Var along(String where, boolean logarithm, Var x, int axis) {
    int last = x.shape().rank() - 1;
    int at = last < 0 ? last : Axis.of(where, x, axis);
    if (at == last) {
      return record(where, logarithm, x);
    }
    int[] order = new int[last + 1];
    for (int i = 0; i <= last; i++) {
      order[i] = i == at ? last : i == last ? at : i;
    }
    return Permute.of(record(where, logarithm, Permute.of(x, order)), order);
  }

  private static Var record(String where, boolean logarithm, Var x) {
    Check.that(
        x.shape().rank() > 0 && x.shape().size(-1) > 0,
        where + ": x is " + x.shape() + " but a last axis of 1 or more classes is needed");
    return x.tape().apply(new Softmax(logarithm, x));
  }

  @Override
  protected void forward() {
    if (logarithm) {
      kernels().softmax().logSoftmax(input(0).value(), rows, classes, output().value());
    } else {
      kernels().softmax().softmax(input(0).value(), rows, classes, output().value());
    }
  }

  @Override
  protected void backward() {
    Var x = input(0);
    if (logarithm) {
      kernels()
          .softmax()
          .logSoftmaxBackward(output().value(), output().grad(), rows, classes, x.gradTarget());
    } else {
      kernels()
          .softmax()
          .softmaxBackward(output().value(), output().grad(), rows, classes, x.gradTarget());
    }
    x.gradDone();
  }

  @Override
  protected boolean keepsInputs() {
    return false;
  }

  @Override
  protected boolean keepsOutput() {
    return true;
  }

  @Override
  protected boolean runsInPlace() {
    return true;
  }

  @Override
  protected boolean gradientRunsInPlace() {
    return true;
  }

  @Override
  public long forwardFlops() {
    return 5L * output().shape().count();
  }

  @Override
  public long backwardFlops() {
    return 4L * output().shape().count();
  }
}
