package io.kiln.nn.kernel.plain;

import dev.ludovic.netlib.blas.BLAS;
import io.kiln.nn.kernel.Blas;
import io.kiln.nn.kernel.Matrix;
import io.kiln.nn.kernel.Operand;

/** Products in float32, by the BLAS: a row-major C = A·B is a column-major Cᵀ = Bᵀ·Aᵀ. */
@SuppressWarnings("cast") // the casts are needed in one of the two widths only
final class FloatMatrix implements Matrix {
  private final BLAS blas = Blas.get();

  @Override
  public void multiply(
      int m, int n, int k, double alpha, Operand a, Operand b, double beta, Operand c) {
    if (m == 0 || n == 0) {
      return;
    }
    if (k == 0) {
      scaleRows(m, n, beta, c);
      return;
    }
    blas.sgemm(
        b.isTransposed() ? "T" : "N",
        a.isTransposed() ? "T" : "N",
        n,
        m,
        k,
        (float) alpha,
        b.tensor().floats(),
        b.first(),
        b.stride(),
        a.tensor().floats(),
        a.first(),
        a.stride(),
        (float) beta,
        c.tensor().floats(),
        c.first(),
        c.stride());
  }

  private static void scaleRows(int m, int n, double beta, Operand c) {
    float[] cs = c.tensor().floats();
    for (int i = 0; i < m; i++) {
      int row = c.first() + i * c.stride();
      for (int j = 0; j < n; j++) {
        cs[row + j] = beta == 0 ? 0 : cs[row + j] * (float) beta;
      }
    }
  }
}
