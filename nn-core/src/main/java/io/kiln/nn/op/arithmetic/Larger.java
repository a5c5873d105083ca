package io.kiln.nn.op.arithmetic;

import io.kiln.nn.autograd.Op;
import io.kiln.nn.autograd.Var;
import io.kiln.nn.kernel.Kernels;
import io.kiln.nn.kernel.Pointwise;
import io.kiln.nn.tensor.Shape;

/**
 * z = max(x, y) or min(x, y), elementwise, broadcast.
 *
 * <p>Gradients: dz goes to the one that is chosen, half to each where they are equal, as in
 * PyTorch.
 */
public final class Larger extends Op {
  private final boolean smaller;
  private final Pointwise loops;

  private Larger(boolean smaller, Var x, Var y) {
    super(x.shape(), x, y);
    this.smaller = smaller;
    this.loops = Kernels.of(x.tape().dtype()).pointwise();
  }

  /** Records max(x, y). */
  public static Var maximum(Var x, Var y) {
    return record("maximum", false, x, y);
  }

  /** Records min(x, y). */
  public static Var minimum(Var x, Var y) {
    return record("minimum", true, x, y);
  }

  private static Var record(String where, boolean smaller, Var x, Var y) {
    Shape shape = TwoOperands.broadcast(where, x, y);
    Var both = Broadcast.of(x, shape);
    return x.tape().apply(new Larger(smaller, both, Broadcast.of(y, shape)));
  }

  @Override
  public String label() {
    return smaller ? "minimum" : "maximum";
  }

  @Override
  protected void forward() {
    loops.larger(smaller, input(0).value(), input(1).value(), output().value());
  }

  @Override
  protected void backward() {
    for (int i = 0; i < 2; i++) {
      Var x = input(i);
      if (x.needsGrad()) {
        Var other = input(1 - i);
        loops.largerBackward(smaller, x.value(), other.value(), output().grad(), x.gradTarget());
        x.gradDone();
      }
    }
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
