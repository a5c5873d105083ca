package io.kiln.nn.op;

import io.kiln.nn.autograd.Var;
import io.kiln.nn.kernel.Arithmetic;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.Tensor;

/** What the arithmetic of two operands shares: shapes, plain numbers, gradients. */
final class TwoOperands {
  private TwoOperands() {}

  /** The shape of x ∘ y: theirs if equal, else that of the one that is not a single number. */
  static Shape shape(String where, Var x, Var y) {
    boolean fine = x.shape().equals(y.shape()) || x.shape().rank() == 0 || y.shape().rank() == 0;
    Check.that(
        fine,
        where
            + ": x is "
            + x.shape()
            + " but y is "
            + y.shape()
            + "; the shapes must be equal, or one operand a single number []");
    return x.shape().rank() == 0 ? y.shape() : x.shape();
  }

  /** A number as a leaf beside x. */
  static Var number(Var x, double number) {
    return x.tape().constant(Tensor.of(x.tape().dtype(), Shape.of(), number));
  }

  static void backward(Arithmetic.Operation operation, Var x, Var y, Var z) {
    Arithmetic arithmetic = z.tape().kernels().arithmetic();
    Tensor a = x.value();
    Tensor b = y.value();
    if (x.needsGrad()) {
      arithmetic.backwardLeft(operation, a, b, z.value(), z.grad(), x.gradTarget());
      x.gradDone();
    }
    if (y.needsGrad()) {
      arithmetic.backwardRight(operation, a, b, z.value(), z.grad(), y.gradTarget());
      y.gradDone();
    }
  }
}
