package io.kiln.nn.kernel.plain;

import io.kiln.nn.kernel.Blocks;
import io.kiln.nn.tensor.Tensor;

/** Blocks in float32. */
final class FloatBlocks implements Blocks {
  @Override
  public void copy(
      Tensor x, int at, int strideX, Tensor y, int to, int strideY, int rows, int count) {
    float[] xs = x.floats();
    float[] ys = y.floats();
    for (int i = 0; i < rows; i++) {
      System.arraycopy(xs, x.offset() + at + i * strideX, ys, y.offset() + to + i * strideY, count);
    }
  }
}
