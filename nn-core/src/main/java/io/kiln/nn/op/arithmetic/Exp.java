package io.kiln.nn.op.arithmetic;

import io.kiln.nn.autograd.Op;
import io.kiln.nn.autograd.Var;
import io.kiln.nn.kernel.Nonlinearity;

/**
 * y = eˣ, elementwise, any shape.
 *
 * <p>Gradient: dx = dy·y.
 */
public final class Exp extends Op {
  private Exp(Var x) {
    super(x.shape(), x);
  }

  /** Records y = eˣ. */
  public static Var of(Var x) {
    return x.tape().apply(new Exp(x));
  }

  @Override
  protected void forward() {
    kernels().activations().forward(Nonlinearity.EXP, 1, input(0).value(), output().value());
  }

  @Override
  protected void backward() {
    Var x = input(0);
    kernels()
        .activations()
        .backward(Nonlinearity.EXP, 1, output().value(), output().grad(), x.gradTarget());
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
  public long forwardFlops() {
    return output().shape().count();
  }

  @Override
  public long backwardFlops() {
    return 2L * output().shape().count();
  }
}
