package io.kiln.nn.kernel;

import io.kiln.nn.tensor.SparseRows;
import io.kiln.nn.tensor.Tensor;

/**
 * Products of sparse rows, and what they need of a wide matrix w {@code [out, in]}: the few columns
 * that are touched, packed so that the numbers of each are contiguous. In w they are far apart, and
 * each would be a cache miss for every value.
 */
public interface SparseProducts {
  /** packed[p] = column {@code columns[p]} of w; packed is {@code [count, out]}. */
  void pack(Tensor w, int in, int out, int[] columns, int count, Tensor packed);

  /** Column {@code columns[p]} of w += packed[p]. */
  void addUnpacked(Tensor packed, int in, int out, int[] columns, int count, Tensor w);

  /**
   * y = a·x + β·y with β 0 or 1, the sums in the order of a's columns, four at a time.
   *
   * @param a of which the first n rows count
   * @param x [a.columns, width]
   * @param y [n, width]
   */
  void multiply(SparseRows a, int n, Tensor x, int width, double beta, Tensor y);
}
