package io.kiln.nn.kernel;

import io.kiln.nn.tensor.Tensor;

/**
 * Loops along one axis of tensors {@code [outer, axis, inner]}: what stands before the axis and
 * behind it is one number each.
 */
public interface AxisLoops {
  /**
   * The three sizes.
   *
   * @param outer product of the sizes before the axis
   * @param axis size of the axis
   * @param inner product of the sizes behind it
   */
  record Sizes(int outer, int axis, int inner) {}

  /**
   * y [outer, inner] = the largest (or smallest) of the axis, places [outer, inner] where the first
   * of them is. A NaN wins.
   */
  void extreme(boolean smallest, Tensor x, Sizes sizes, Tensor y, Tensor places);

  /** dx = 0, but dy at the place of each. */
  void extremeBackward(Tensor dy, Tensor places, Sizes sizes, Tensor dx);

  /** y[i] = Σ x[j] for j ≤ i along the axis, or j ≥ i if {@code backward}; y may not be x. */
  void cumulate(boolean backward, Tensor x, Sizes sizes, Tensor y);

  /**
   * s = k + α/size·Σ x² over the window of {@code size} channels around each, and y = x·s^−β. The
   * axis is that of the channels.
   *
   * @param s room as large as x
   */
  void localNorm(
      Tensor x, Sizes sizes, int size, double alpha, double beta, double k, Tensor s, Tensor y);

  /** dx = dy·s^−β − 2αβ/size·x·Σ dy·x·s^(−β−1), the sum over the windows that x is in. */
  void localNormBackward(
      Tensor x, Tensor s, Tensor dy, Sizes sizes, int size, double alpha, double beta, Tensor dx);
}
