package io.kiln.nn.op.arithmetic;

import io.kiln.nn.autograd.Op;
import io.kiln.nn.autograd.Var;
import io.kiln.nn.kernel.Nonlinearity;

/**
 * y = log x, natural, elementwise, any shape.
 *
 * <p>Gradient: dx = dy / x.
 */
public final class Log extends Op {
  private Log(Var x) {
    super(x.shape(), x);
  }

  /** Records y = log x, natural. */
  public static Var of(Var x) {
    return x.tape().apply(new Log(x));
  }

  @Override
  protected void forward() {
    kernels().activations().forward(Nonlinearity.LOG, 1, input(0).value(), output().value());
  }

  @Override
  protected void backward() {
    Var x = input(0);
    kernels()
        .activations()
        .backward(Nonlinearity.LOG, 1, x.value(), output().grad(), x.gradTarget());
    x.gradDone();
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
