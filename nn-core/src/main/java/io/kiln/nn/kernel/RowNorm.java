package io.kiln.nn.kernel;

import io.kiln.nn.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Normalisation of rows to mean 0 and variance 1, then a gain and an offset.
 *
 * <p>A row is {@code channels} blocks of {@code places} numbers; row r belongs to group r mod
 * groups, and its block c has the gain w[group·channels + c]. Layer norm is one group with one
 * place a channel; instance norm has one channel a group.
 *
 * <p>A mean far from zero does not fit into float32: it is kept as a center and a rest, mean =
 * center + rest, and what is normalised is (x − center) − rest, of which the first difference is
 * exact where it matters.
 */
public interface RowNorm {
  /** How the numbers lie. */
  record Layout(int rows, int groups, int channels, int places) {
    /** Numbers of one row. */
    public int columns() {
      return channels * places;
    }
  }

  /**
   * y = (x − mean)·inverse·w + b with inverse = 1 / √(variance + epsilon), variance divided by the
   * number of columns.
   *
   * @param statistics [3·rows], written: centers, then inverses, then rests
   */
  void forward(
      Layout layout,
      double epsilon,
      Tensor x,
      @Nullable Tensor w,
      @Nullable Tensor b,
      Tensor y,
      Tensor statistics);

  /**
   * dx = inverse·(g − mean(g) − x̂·mean(g·x̂)) with g = dy·w and x̂ = (x − mean)·inverse; dw += Σ
   * dy·x̂, db += Σ dy. Each may be null; dx may be dy.
   */
  void backward(
      Layout layout,
      Tensor x,
      @Nullable Tensor w,
      Tensor dy,
      Tensor statistics,
      @Nullable Tensor dx,
      @Nullable Tensor dw,
      @Nullable Tensor db);
}
