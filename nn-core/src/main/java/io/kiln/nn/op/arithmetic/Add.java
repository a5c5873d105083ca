package io.kiln.nn.op.arithmetic;

import io.kiln.nn.autograd.Layout;
import io.kiln.nn.autograd.Op;
import io.kiln.nn.autograd.Tape;
import io.kiln.nn.autograd.Var;
import io.kiln.nn.kernel.Arithmetic.Operation;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.Tensor;

/**
 * z = x + y, elementwise, broadcast as in numpy: of equal shapes it is the joint of a residual
 * connection; one operand may be a single number [].
 *
 * <p>Gradients: dx = dy = dz; summed for the single number.
 */
public final class Add extends Op {
  private Add(Shape shape, Layout layout, Var x, Var y) {
    super(shape, layout, x, y);
  }

  /** Records x + y; where one lies with its channels side by side, both are made to. */
  public static Var of(Var x, Var y) {
    Var left = TwoOperands.left("add", x, y);
    Var right = TwoOperands.right("add", x, y);
    Shape shape = TwoOperands.shape(left, right);
    Tape tape = x.tape();
    boolean equal = left.shape().equals(right.shape());
    boolean plain = left.layout() == Layout.PLAIN && right.layout() == Layout.PLAIN;
    Layout layout = equal && !plain ? Layout.CHANNELS_LAST : Layout.PLAIN;
    return tape.apply(new Add(shape, layout, tape.in(layout, left), tape.in(layout, right)));
  }

  /** Records x + y of a fixed y. */
  public static Var of(Var x, double y) {
    return of(x, TwoOperands.number(x, y));
  }

  private boolean isEqual() {
    return input(0).shape().equals(input(1).shape());
  }

  @Override
  protected void forward() {
    if (!isEqual()) {
      kernels()
          .arithmetic()
          .forward(Operation.ADD, input(0).value(), input(1).value(), output().value());
      return;
    }
    kernels().elementwise().add(input(0).value(), input(1).value(), output().value());
  }

  @Override
  protected void backward() {
    if (!isEqual()) {
      TwoOperands.backward(Operation.ADD, input(0), input(1), output());
      return;
    }
    for (Var x : inputs()) {
      if (x.needsGrad()) {
        Tensor dx = x.gradTarget();
        if (!dx.sharesWith(output().grad())) {
          dx.copyFrom(output().grad());
        }
        x.gradDone();
      }
    }
  }

  @Override
  protected boolean keepsInputs() {
    return false;
  }

  @Override
  protected boolean runsInPlace() {
    return isEqual();
  }

  @Override
  protected boolean gradientRunsInPlace() {
    return isEqual();
  }

  @Override
  public long forwardFlops() {
    return output().shape().count();
  }

  @Override
  public long backwardFlops() {
    return output().shape().count();
  }
}
