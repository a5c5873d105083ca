package io.kiln.nn.kernel;

import io.kiln.nn.tensor.Tensor;

/** Arithmetic of two tensors element by element; either may be one number, which is repeated. */
public interface Arithmetic {
  /** The operations z = x ∘ y. */
  enum Operation {
    /** x + y. */
    ADD,
    /** x − y. */
    SUBTRACT,
    /** x·y. */
    MULTIPLY,
    /** x / y. */
    DIVIDE,
    /** x to the power of y. */
    POWER
  }

  /** z = x ∘ y; z may be the operand of its own count. */
  void forward(Operation operation, Tensor x, Tensor y, Tensor z);

  /** dx = dz·∂z/∂x, summed if x is one number. */
  void backwardLeft(Operation operation, Tensor x, Tensor y, Tensor z, Tensor dz, Tensor dx);

  /** dy = dz·∂z/∂y, summed if y is one number. */
  void backwardRight(Operation operation, Tensor x, Tensor y, Tensor z, Tensor dz, Tensor dy);
}
