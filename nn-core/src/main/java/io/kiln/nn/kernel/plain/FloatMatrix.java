package io.kiln.nn.kernel.plain;

import dev.ludovic.netlib.blas.BLAS;
import io.kiln.nn.kernel.Blas;
import io.kiln.nn.kernel.Matrix;
import io.kiln.nn.tensor.Tensor;

/** Products in float32, by the BLAS: a row-major C = A·B is a column-major Cᵀ = Bᵀ·Aᵀ. */
@SuppressWarnings("cast") // the casts are needed in one of the two widths only
final class FloatMatrix implements Matrix {
  private final BLAS blas = Blas.get();

  @Override
  public void multiply(
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
      int strideC) {
    if (m == 0 || n == 0) {
      return;
    }
    if (k == 0) {
      scaleRows(m, n, beta, c, atC, strideC);
      return;
    }
    blas.sgemm(
        transposeB ? "T" : "N",
        transposeA ? "T" : "N",
        n,
        m,
        k,
        (float) alpha,
        b.floats(),
        b.offset() + atB,
        strideB,
        a.floats(),
        a.offset() + atA,
        strideA,
        (float) beta,
        c.floats(),
        c.offset() + atC,
        strideC);
  }

  private static void scaleRows(int m, int n, double beta, Tensor c, int atC, int strideC) {
    float[] cs = c.floats();
    for (int i = 0; i < m; i++) {
      int row = c.offset() + atC + i * strideC;
      for (int j = 0; j < n; j++) {
        cs[row + j] = beta == 0 ? 0 : cs[row + j] * (float) beta;
      }
    }
  }
}
