package io.kiln.nn.op.arithmetic;

import io.kiln.nn.autograd.Op;
import io.kiln.nn.autograd.Rectifier;
import io.kiln.nn.autograd.Var;

/**
 * y = max(x, 0), elementwise, any shape.
 *
 * <p>Gradient: dx = dy where y &gt; 0, else 0 (0 at x = 0, as in PyTorch).
 */
public final class Relu extends Op implements Rectifier {
  private Relu(Var x) {
    super(x.shape(), x.layout(), x);
  }

  /** Records y = max(x, 0). */
  public static Var of(Var x) {
    return x.tape().apply(new Relu(x));
  }

  @Override
  protected void forward() {
    kernels().elementwise().relu(input(0).value(), output().value());
  }

  @Override
  protected void backward() {
    Var x = input(0);
    kernels().elementwise().reluBackward(output().value(), output().grad(), x.gradTarget());
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
    return output().shape().count();
  }

  @Override
  public long backwardFlops() {
    return output().shape().count();
  }
}
