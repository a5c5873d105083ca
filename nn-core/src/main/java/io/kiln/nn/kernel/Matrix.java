package io.kiln.nn.kernel;

/** Products of row-major matrices. */
public interface Matrix {
  /** C = α·A·B + β·C with A [m, k], B [k, n], C [m, n]; C is not transposed. */
  void multiply(int m, int n, int k, double alpha, Operand a, Operand b, double beta, Operand c);
}
