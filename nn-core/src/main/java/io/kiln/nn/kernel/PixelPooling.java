package io.kiln.nn.kernel;

import io.kiln.nn.tensor.Tensor;

/** Maxima of windows of pixels whose channels lie side by side. */
public interface PixelPooling {
  /**
   * The largest pixel of each window, channel by channel, cut at 0 from below if {@code rectified}.
   *
   * @param width numbers of a pixel
   * @param places written: which element of its window each maximum was, the first of equals
   */
  void maximum(
      Tensor x, int n, int width, Window window, boolean rectified, Tensor y, Tensor places);

  /** The gradient of {@link #maximum}; dx is overwritten. */
  void maximumBackward(
      Tensor dy,
      Tensor y,
      Tensor places,
      int n,
      int width,
      Window window,
      boolean rectified,
      Tensor dx);
}
