package io.kiln.nn.kernel;

import io.kiln.nn.tensor.Tensor;

/**
 * Loops over channels of [n, channels, plane] numbers; a matrix [n, channels] has planes of 1.
 *
 * <p>A mean far from zero does not fit into float32: it is kept as a center and a rest, mean =
 * center + rest, and loops take the center off x first, which is exact where it matters.
 */
public interface Channels {
  /** Mean and variance (divided by the count) of each channel, in two passes. */
  void moments(
      Tensor x, int n, int channels, int plane, Tensor center, Tensor rest, Tensor variance);

  /**
   * y = scale·(x − center) + shift with three numbers for each channel, cut at 0 from below if
   * {@code rectified}; y may be x.
   */
  void affine(
      Tensor x,
      int n,
      int channels,
      int plane,
      Tensor center,
      Tensor scale,
      Tensor shift,
      boolean rectified,
      Tensor y);

  /**
   * Sums for the gradient of a normalization: sums[c] = Σ dy and products[c] = Σ dy·(x − center),
   * dy counting as 0 where {@code rectified} and y is not above 0.
   */
  void gradientSums(
      Tensor dy,
      Tensor x,
      Tensor y,
      boolean rectified,
      int n,
      int channels,
      int plane,
      Tensor center,
      Tensor sums,
      Tensor products);

  /**
   * dx = a[c]·dy + b[c]·(x − center[c]) + d[c], dy counting as 0 where {@code rectified} and y is
   * not above 0; dx may be dy.
   */
  void combine(
      Tensor dy,
      Tensor x,
      Tensor y,
      boolean rectified,
      int n,
      int channels,
      int plane,
      Tensor center,
      Tensor a,
      Tensor b,
      Tensor d,
      Tensor dx);

  /** y[i, c, q] = b[c], or 0 if b has no elements. */
  void repeat(Tensor b, int n, int channels, int plane, Tensor y);
}
