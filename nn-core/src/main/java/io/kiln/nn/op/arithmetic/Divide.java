package io.kiln.nn.op.arithmetic;

import io.kiln.nn.autograd.Op;
import io.kiln.nn.autograd.Var;
import io.kiln.nn.kernel.Arithmetic.Operation;

/**
 * z = x / y, elementwise, broadcast as in numpy; one operand may be a single number [].
 *
 * <p>Gradients: dx = dz / y, dy = −dz·x / y²; summed for the single number.
 */
public final class Divide extends Op {
  private Divide(Var x, Var y) {
    super(TwoOperands.shape(x, y), x, y);
  }

  /** Records x / y. */
  public static Var of(Var x, Var y) {
    Var left = TwoOperands.left("divide", x, y);
    return x.tape().apply(new Divide(left, TwoOperands.right("divide", x, y)));
  }

  /** Records x / y of a fixed y. */
  public static Var of(Var x, double y) {
    return of(x, TwoOperands.number(x, y));
  }

  /** Records x / y of a fixed x. */
  public static Var of(double x, Var y) {
    return of(TwoOperands.number(y, x), y);
  }

  @Override
  protected void forward() {
    kernels()
        .arithmetic()
        .forward(Operation.DIVIDE, input(0).value(), input(1).value(), output().value());
  }

  @Override
  protected void backward() {
    TwoOperands.backward(Operation.DIVIDE, input(0), input(1), output());
  }

  @Override
  public long forwardFlops() {
    return output().shape().count();
  }

  @Override
  public long backwardFlops() {
    return 4L * output().shape().count();
  }
}
