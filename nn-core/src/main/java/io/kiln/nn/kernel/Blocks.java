package io.kiln.nn.kernel;

import io.kiln.nn.tensor.Tensor;

/** Copies of rows at different distances: parts of tensors cut along any axis. */
public interface Blocks {
  /**
   * Copies {@code rows} rows of {@code count} numbers; y[to + i·strideY …] = x[at + i·strideX …].
   */
  void copy(Tensor x, int at, int strideX, Tensor y, int to, int strideY, int rows, int count);
}
