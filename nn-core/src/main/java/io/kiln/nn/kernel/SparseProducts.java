package io.kiln.nn.kernel;

import io.kiln.nn.tensor.SparseRows;
import io.kiln.nn.tensor.Tensor;

/**
 * Products of sparse rows x {@code [n, in]} with a matrix w {@code [out, in]} of which only the
 * columns that x touches are looked at. These columns are first packed, each contiguous: in w the
 * numbers of a column are far apart, and each would be a cache miss for every value of x.
 *
 * <p>{@code places[column]} is where a touched column is among the packed ones, from 0.
 */
public interface SparseProducts {
  /** packed[p] = column {@code columns[p]} of w; packed is {@code [count, out]}. */
  void pack(Tensor w, int in, int out, int[] columns, int count, Tensor packed);

  /** y[r] += Σ values of row r · packed[place of their column], in the order of the columns. */
  void multiply(SparseRows x, int n, int[] places, Tensor packed, int out, Tensor y);

  /** The first {@code numbers} of packed = 0. */
  void clear(Tensor packed, int numbers);

  /** packed[place of its column] += value · dy[r], for all values in the order of the rows. */
  void multiplyTransposed(SparseRows x, int n, int[] places, Tensor dy, int out, Tensor packed);

  /** Column {@code columns[p]} of w += packed[p]. */
  void addUnpacked(Tensor packed, int in, int out, int[] columns, int count, Tensor w);
}
