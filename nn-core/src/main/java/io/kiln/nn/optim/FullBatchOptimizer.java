package io.kiln.nn.optim;

import io.kiln.nn.tensor.Tensor;

/**
 * Minimises a loss that it may evaluate at will, where an {@link Optimizer} is fed one gradient a
 * step. For small nets on small sets, and for images as in style transfer; not for minibatches,
 * whose losses cannot be compared with each other.
 */
public interface FullBatchOptimizer {
  /**
   * What came of it.
   *
   * @param loss loss at the end
   * @param iterations directions taken
   * @param evaluations times the loss was asked for
   * @param converged whether a tolerance was reached, not the number of iterations
   */
  record Result(double loss, int iterations, int evaluations, boolean converged) {}

  /**
   * Moves w to where the loss is smaller.
   *
   * @param w where to begin; holds the result at the end
   * @throws IllegalArgumentException if the loss is not finite at the beginning
   */
  Result minimize(LossFunction loss, Tensor w);
}
