package io.kiln.nn.kernel;

import io.kiln.nn.tensor.Tensor;

/** Rows of tables and of sequences, moved and added. */
public interface Rows {
  /**
   * y[i] = table[index[i]]; an index below 0 gives a row of zeros.
   *
   * @param table [rows, width]
   * @param index [n] row numbers
   * @param y [n, width]
   * @throws IllegalArgumentException if an index is not below {@code rows}
   */
  void gather(Tensor table, int rows, int width, Tensor index, Tensor y);

  /** table[index[i]] += x[i] in the order of i; an index below 0 is left out. */
  void scatterAdd(Tensor x, int width, Tensor index, Tensor table);

  /**
   * block[i] = x[i, step] + bias, a step of every sequence.
   *
   * @param x [n, steps, width]
   * @param bias [width], or empty for none
   * @param block at {@code at}: [n, width]
   */
  void takeStep(Tensor x, int n, int steps, int width, int step, Tensor bias, Tensor block, int at);

  /** x[i, step] = block[i]: the inverse of {@link #takeStep}. */
  void putStep(Tensor block, int at, int n, int steps, int width, int step, Tensor x);

  /** block[i] += x[i, step]. */
  void addStep(Tensor x, int n, int steps, int width, int step, Tensor block, int at);

  /** Every row of a block [n, row.count] = a row, or 0 if the row is empty. */
  void repeat(Tensor row, int n, int width, Tensor block, int at);

  /** sum = β·sum + Σ rows of a block [rows, width]. */
  void sum(Tensor block, int at, int rows, int width, double beta, Tensor sum);

  /** In the rows i whose mask[i, step] is 0, to = from; with {@code zero} to = 0 instead. */
  void whereMasked(
      Tensor mask,
      int n,
      int steps,
      int step,
      int width,
      boolean zero,
      Tensor from,
      int at,
      Tensor to,
      int toAt);

  /** y[i, j] += x[j, i] with y [rows, columns] at {@code to}, x [columns, rows] at {@code at}. */
  void addTransposed(Tensor x, int at, int rows, int columns, Tensor y, int to);
}
