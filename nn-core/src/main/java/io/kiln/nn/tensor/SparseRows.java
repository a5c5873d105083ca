package io.kiln.nn.tensor;

import java.util.Arrays;

/**
 * Rows of which most numbers are zero, as compressed sparse rows (CSR): row r has the values {@code
 * values[starts[r]] … values[starts[r + 1] − 1]} at the columns {@code indices[…]}, rising. Filled
 * again and again; grows with the fullest batch and then allocates no more.
 */
public final class SparseRows {
  private final int columns;
  private int[] starts;
  private int[] indices;
  private float[] values;

  /** Room for so many rows, all zero. */
  public SparseRows(int columns, int rows) {
    this.columns = columns;
    this.starts = new int[rows + 1];
    this.indices = new int[16 * Math.max(1, rows)];
    this.values = new float[indices.length];
  }

  /** The rows of a matrix {@code [n, columns]}, without its zeros; values in float32. */
  public static SparseRows of(Tensor matrix) {
    int n = matrix.shape().size(0);
    int columns = matrix.shape().size(1);
    SparseRows rows = new SparseRows(columns, n);
    for (int row = 0; row < n; row++) {
      int count = 0;
      for (int j = 0; j < columns; j++) {
        count += matrix.get(row * columns + j) != 0 ? 1 : 0;
      }
      int at = rows.begin(row, count);
      for (int j = 0; j < columns; j++) {
        double value = matrix.get(row * columns + j);
        if (value != 0) {
          rows.indices[at] = j;
          rows.values[at++] = (float) value;
        }
      }
    }
    return rows;
  }

  /** Number of columns. */
  public int columns() {
    return columns;
  }

  /** Number of rows there is room for. */
  public int rows() {
    return starts.length - 1;
  }

  /** Where each row begins, and at {@code [rows]} where the last ends. */
  public int[] starts() {
    return starts;
  }

  /** The columns of the values; longer than what is in use. */
  public int[] indices() {
    return indices;
  }

  /** The values; longer than what is in use. */
  public float[] values() {
    return values;
  }

  /** The k-th value. */
  public float value(int k) {
    return values[k];
  }

  /**
   * Begins row r anew, with so many values to be written from {@code starts[r]} on; the rows before
   * it must be there. What came after it is gone.
   *
   * @return {@code starts[r]}
   */
  public int begin(int row, int count) {
    int from = starts[row];
    int to = Math.addExact(from, count);
    if (to > values.length) {
      int more = (int) Math.max(to, Math.min(Integer.MAX_VALUE - 8, values.length * 2L));
      indices = Arrays.copyOf(indices, more);
      values = Arrays.copyOf(values, more);
    }
    starts[row + 1] = to;
    return from;
  }

  /**
   * Makes these the first n of other rows, each column under another number.
   *
   * @param numbers of the columns, for those that have values
   */
  public void renumbered(SparseRows other, int n, int[] numbers) {
    starts[0] = 0;
    for (int row = 0; row < n; row++) {
      int from = other.starts[row];
      int count = other.starts[row + 1] - from;
      int at = begin(row, count);
      for (int k = 0; k < count; k++) {
        indices[at + k] = numbers[other.indices[from + k]];
      }
      System.arraycopy(other.values, from, values, at, count);
    }
  }

  /**
   * Makes these the transpose of the first n of other rows: row r is their column r.
   *
   * @param count of columns that have values: these have the numbers 0 … count − 1
   */
  public void transposed(SparseRows other, int n, int count) {
    int all = other.starts[n];
    if (starts.length <= count + 1) {
      starts = new int[count + count / 2 + 2];
    }
    begin(0, all);
    Arrays.fill(starts, 0, count + 2, 0);
    for (int k = 0; k < all; k++) {
      starts[other.indices[k] + 2]++;
    }
    for (int row = 0; row < count; row++) {
      starts[row + 2] += starts[row + 1];
    }
    for (int row = 0; row < n; row++) {
      for (int k = other.starts[row]; k < other.starts[row + 1]; k++) {
        int at = starts[other.indices[k] + 1]++;
        indices[at] = row;
        values[at] = other.values[k];
      }
    }
  }

  /** Copies one row of other rows as row r; see {@link #begin}. */
  public void copy(SparseRows other, int otherRow, int row) {
    int from = other.starts[otherRow];
    int count = other.starts[otherRow + 1] - from;
    int at = begin(row, count);
    System.arraycopy(other.indices, from, indices, at, count);
    System.arraycopy(other.values, from, values, at, count);
  }
}
