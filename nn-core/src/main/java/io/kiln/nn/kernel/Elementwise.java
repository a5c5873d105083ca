package io.kiln.nn.kernel;

import io.kiln.nn.tensor.Tensor;

/** Loops over elements, and over rows of a [rows, columns] matrix. */
public interface Elementwise {
  /** out = x + y; out may be x or y. */
  void add(Tensor x, Tensor y, Tensor out);

  /** y += α·x. */
  void accumulate(double alpha, Tensor x, Tensor y);

  /** y = α·x; y may be x. */
  void scale(double alpha, Tensor x, Tensor y);

  /** Every row of y = the vector b; y is [rows, b.count]. */
  void repeatRow(Tensor b, int rows, Tensor y);

  /** Every row of y += the vector b; y is [rows, b.count]. */
  void addRow(Tensor b, int rows, Tensor y);

  /** y [columns, rows] = the transpose of x [rows, columns]; they must not overlap. */
  void transpose(Tensor x, int rows, int columns, Tensor y);

  /** sum = β·sum + Σ rows of x; x is [rows, sum.count]. */
  void sumRows(Tensor x, int rows, double beta, Tensor sum);

  /** y = max(x, 0); y may be x. */
  void relu(Tensor x, Tensor y);

  /** dx = dy where y &gt; 0, else 0; dx may be dy. */
  void reluBackward(Tensor y, Tensor dy, Tensor dx);

  /** Sum of all elements, in double. */
  double sum(Tensor x);

  /** Sum of the squares of all elements, in double. */
  double sumOfSquares(Tensor x);
}
