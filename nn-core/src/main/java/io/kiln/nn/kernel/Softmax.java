package io.kiln.nn.kernel;

import io.kiln.nn.tensor.Tensor;

/** Softmax over the rows of a [rows, classes] matrix; stable for scores of any size. */
public interface Softmax {
  /** p = exp(x − max) / Σ exp(x − max) in each row; p may be x. */
  void softmax(Tensor x, int rows, int classes, Tensor p);

  /**
   * Cross-entropy of class indices.
   *
   * @param x scores [rows, classes]
   * @param target class indices [rows]; an index below 0 is ignored
   * @param p the softmax, written
   * @return Σ over rows of log Σ exp(x) − x[target]
   */
  double crossEntropy(Tensor x, Tensor target, int rows, int classes, Tensor p);

  /**
   * The gradient of {@link #crossEntropy}: dx = scale·(p − onehot(target)), 0 in ignored rows; dx
   * may be p.
   */
  void crossEntropyBackward(
      Tensor p, Tensor target, int rows, int classes, double scale, Tensor dx);
}
