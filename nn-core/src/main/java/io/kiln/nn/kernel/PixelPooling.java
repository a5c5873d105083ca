package io.kiln.nn.kernel;

import io.kiln.nn.tensor.Tensor;

/** Maxima and means of windows of pixels whose channels lie side by side. */
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

  /** y [n, width] = factor · the sum of each image's pixels. */
  void sum(Tensor x, int n, int pixels, int width, double factor, Tensor y);

  /** dx [n, pixels, width] = factor · dy of the image, for every pixel. */
  void sumBackward(Tensor dy, int n, int pixels, int width, double factor, Tensor dx);
}
