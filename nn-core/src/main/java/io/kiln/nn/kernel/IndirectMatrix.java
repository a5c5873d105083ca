package io.kiln.nn.kernel;

import io.kiln.nn.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Products whose rows and columns are found through tables: see {@link IndirectOperand}.
 *
 * <p>With them a convolution is a product without a matrix of columns: row i is a position of the
 * window, column p one of the numbers it covers (Dukhan 2019, "The Indirect Convolution
 * Algorithm"). An ordinary matrix has rows[i] = i·stride and columns[p] = p, its transpose the
 * other way round.
 *
 * <p>B is [k, n], packed or as it lies in memory. Rows of B as it lies and of C are whole vectors
 * long: n is rounded up to {@link #padded}.
 */
public interface IndirectMatrix {
  /** A stride that says that B is packed. */
  int PACKED = 0;

  /** Numbers in a vector. */
  int lanes();

  /** n rounded up to whole vectors. */
  default int padded(int n) {
    return (n + lanes() - 1) / lanes() * lanes();
  }

  /** Packs B[p, j] = b[atB + p·stepRow + j·stepColumn]: k·padded(n) numbers, 0 beyond column n. */
  void pack(
      int k, int n, Tensor b, int atB, int stepRow, int stepColumn, Tensor packed, int atPacked);

  /**
   * C[i, j] = first[i, j] + Σ A[i, p]·B[p, j] with A [m, k], B [k, n], C [m, n].
   *
   * @param b its stride may be {@link #PACKED}; it is not transposed
   * @param first what the sums begin with: C's own tensor for C itself, a row that is repeated, or
   *     null for 0
   * @param rectified whether C is cut at 0 from below
   */
  void multiply(
      int m,
      int n,
      int k,
      IndirectOperand a,
      Operand b,
      @Nullable Tensor first,
      boolean rectified,
      IndirectOperand c);
}
