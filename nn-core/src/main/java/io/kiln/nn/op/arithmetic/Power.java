package io.kiln.nn.op.arithmetic;

import io.kiln.nn.autograd.Op;
import io.kiln.nn.autograd.Var;
import io.kiln.nn.kernel.Arithmetic.Operation;

/**
 * z = xʸ, elementwise, broadcast as in numpy; one operand may be a single number [].
 *
 * <p>Gradients: dx = dz·y·xʸ⁻¹, dy = dz·z·log x (0 where x is 0); summed for the single number.
 */
public final class Power extends Op {
  private Power(Var x, Var y) {
    super(TwoOperands.shape(x, y), x, y);
  }

  /** Records xʸ. */
  public static Var of(Var x, Var y) {
    Var left = TwoOperands.left("power", x, y);
    return x.tape().apply(new Power(left, TwoOperands.right("power", x, y)));
  }

  /** Records xʸ of a fixed y. */
  public static Var of(Var x, double y) {
    return of(x, TwoOperands.number(x, y));
  }

  /** Records xʸ of a fixed x. */
  public static Var of(double x, Var y) {
    return of(TwoOperands.number(y, x), y);
  }

  @Override
  protected void forward() {
    kernels()
        .arithmetic()
        .forward(Operation.POWER, input(0).value(), input(1).value(), output().value());
  }

  @Override
  protected void backward() {
    TwoOperands.backward(Operation.POWER, input(0), input(1), output());
  }

  @Override
  protected boolean keepsOutput() {
    return true;
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
