package io.kiln.nn.op.arithmetic;

import io.kiln.nn.autograd.Check;
import io.kiln.nn.autograd.Op;
import io.kiln.nn.autograd.Var;
import io.kiln.nn.kernel.Kernels;
import io.kiln.nn.kernel.Pointwise;
import io.kiln.nn.tensor.Shape;

/**
 * z = x where condition is not 0, else y, elementwise, broadcast.
 *
 * <p>Gradients: dz goes to the one that is chosen. The condition has none.
 */
public final class Where extends Op {
  private final Pointwise loops;

  private Where(Var condition, Var x, Var y) {
    super(x.shape(), condition, x, y);
    this.loops = Kernels.of(x.tape().dtype()).pointwise();
  }

  /** Records the choice. */
  public static Var of(Var condition, Var x, Var y) {
    Check.that(
        !condition.needsGrad(),
        "where: the condition needs a gradient but has none; make it with tape.constant");
    Shape both = TwoOperands.broadcast("where", x, y);
    Shape shape = Broadcast.common(condition.shape(), both);
    if (shape == null) {
      throw new IllegalArgumentException(
          "where: the condition is "
              + condition.shape()
              + " but x and y are "
              + both
              + "; from the right, sizes must be equal or 1");
    }
    return x.tape()
        .apply(
            new Where(
                Broadcast.of(condition, shape), Broadcast.of(x, shape), Broadcast.of(y, shape)));
  }

  @Override
  protected void forward() {
    loops.choose(input(0).value(), input(1).value(), input(2).value(), output().value());
  }

  @Override
  protected void backward() {
    for (int i = 1; i <= 2; i++) {
      Var x = input(i);
      if (x.needsGrad()) {
        loops.chooseBackward(input(0).value(), i == 1, output().grad(), x.gradTarget());
        x.gradDone();
      }
    }
  }
}
