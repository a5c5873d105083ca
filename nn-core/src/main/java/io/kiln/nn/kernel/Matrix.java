package io.kiln.nn.kernel;

import io.kiln.nn.tensor.Tensor;

/** Products of row-major matrices. */
public interface Matrix {
  /**
   * C = α·op(A)·op(B) + β·C with op(A) [m, k], op(B) [k, n], C [m, n].
   *
   * <p>Each matrix is a part of a tensor: it begins some elements after the tensor's own offset and
   * has its stride in elements from row to row (as stored, before transposition).
   */
  void multiply(
      boolean transposeA,
      boolean transposeB,
      int m,
      int n,
      int k,
      double alpha,
      Tensor a,
      int atA,
      int strideA,
      Tensor b,
      int atB,
      int strideB,
      double beta,
      Tensor c,
      int atC,
      int strideC);

  /** C = op(A)·op(B) + β·C with C [m, n] and inner size k, each the whole of its tensor. */
  default void multiply(
      boolean transposeA,
      boolean transposeB,
      int m,
      int n,
      int k,
      Tensor a,
      Tensor b,
      double beta,
      Tensor c) {
    multiply(
        transposeA,
        transposeB,
        m,
        n,
        k,
        1,
        a,
        0,
        transposeA ? m : k,
        b,
        0,
        transposeB ? k : n,
        beta,
        c,
        0,
        n);
  }
}
