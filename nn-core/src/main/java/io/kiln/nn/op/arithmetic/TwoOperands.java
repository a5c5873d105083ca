package io.kiln.nn.op.arithmetic;

import io.kiln.nn.autograd.Var;
import io.kiln.nn.kernel.Arithmetic;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.Tensor;

/** What the arithmetic of two operands shares: shapes, plain numbers, gradients. */
final class TwoOperands {
  private TwoOperands() {}

  /** The shape of x ∘ y: theirs if equal, else that of the one that is not a single number. */
  static Shape shape(Var x, Var y) {
    return x.shape().rank() == 0 ? y.shape() : x.shape();
  }

  /** Whether the loops take both as they are: equal shapes, or one a single number. */
  private static boolean fit(Var x, Var y) {
    return x.shape().equals(y.shape()) || x.shape().rank() == 0 || y.shape().rank() == 0;
  }

  /** The shape that x and y have together, each repeated along axes of size 1 as in numpy. */
  static Shape broadcast(String where, Var x, Var y) {
    Shape shape = Broadcast.common(x.shape(), y.shape());
    if (shape == null) {
      throw new IllegalArgumentException(
          where
              + ": x is "
              + x.shape()
              + " but y is "
              + y.shape()
              + "; from the right, sizes must be equal or 1");
    }
    return shape;
  }

  /** The left operand as the loops take it. */
  static Var left(String where, Var x, Var y) {
    return fit(x, y) ? x : Broadcast.of(x, broadcast(where, x, y));
  }

  /** The right operand as the loops take it. */
  static Var right(String where, Var x, Var y) {
    return fit(x, y) ? y : Broadcast.of(y, broadcast(where, x, y));
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
