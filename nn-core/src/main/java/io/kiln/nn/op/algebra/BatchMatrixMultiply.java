package io.kiln.nn.op.algebra;

import io.kiln.nn.autograd.Var;

/**
 * A matrix product for each index of the leading axes: A {@code […, m, k]}, B {@code […, k, n]} → C
 * {@code […, m, n]}; see {@link MatrixMultiply}.
 */
public final class BatchMatrixMultiply {
  private BatchMatrixMultiply() {}

  /** Records the products. */
  public static Var of(Var a, Var b) {
    return MatrixMultiply.record(a, b);
  }
}
