package io.kiln.nn.kernel;

import io.kiln.nn.tensor.Tensor;

/** Softmax over the rows of a [rows, classes] matrix; stable for scores of any size. */
public interface Softmax {
  /** p = exp(x − max) / Σ exp(x − max) in each row; p may be x. */
  void softmax(Tensor x, int rows, int classes, Tensor p);

  /** dx = p·(dp − Σ p·dp) in each row; dx may be dp. */
  void softmaxBackward(Tensor p, Tensor dp, int rows, int classes, Tensor dx);

  /** y = x − max − log Σ exp(x − max) in each row; y may be x. */
  void logSoftmax(Tensor x, int rows, int classes, Tensor y);

  /** dx = dy − exp(y)·Σ dy in each row; dx may be dy. */
  void logSoftmaxBackward(Tensor y, Tensor dy, int rows, int classes, Tensor dx);

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

  /**
   * Cross-entropy of weights of every class.
   *
   * @param x scores [rows, classes]; where a weight is 0 a score may be −∞
   * @param q weights [rows, classes]
   * @param p the softmax, written
   * @return Σ over rows of Σⱼ qⱼ·(log Σ exp(x) − xⱼ)
   */
  double softCrossEntropy(Tensor x, Tensor q, int rows, int classes, Tensor p);

  /** The gradient of {@link #softCrossEntropy}: dx = scale·(p·Σⱼ qⱼ − q) in each row. */
  void softCrossEntropyBackward(Tensor p, Tensor q, int rows, int classes, double scale, Tensor dx);

  /** What is said of a class index that is too large. */
  static String beyond(int label, int row, int classes) {
    return "cross-entropy: target "
        + label
        + " in row "
        + row
        + " but there are "
        + classes
        + " classes; targets are 0 to "
        + (classes - 1);
  }
}
