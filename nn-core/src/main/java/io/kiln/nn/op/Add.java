package io.kiln.nn.op;

import io.kiln.nn.autograd.Op;
import io.kiln.nn.autograd.Var;
import io.kiln.nn.tensor.Tensor;

/** z = x + y of equal shapes, elementwise: the joint of a residual connection. */
public final class Add extends Op {
  private Add(Var x, Var y) {
    super(x.shape(), x, y);
  }

  /** Records x + y. */
  public static Var of(Var x, Var y) {
    Check.sameShape("add", x, y);
    return x.tape().apply(new Add(x, y));
  }

  @Override
  protected void forward() {
    kernels().elementwise().add(input(0).value(), input(1).value(), output().value());
  }

  @Override
  protected void backward() {
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
    return true;
  }

  @Override
  protected boolean gradientRunsInPlace() {
    return true;
  }
}
