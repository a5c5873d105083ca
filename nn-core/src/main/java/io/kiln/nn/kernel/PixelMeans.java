package io.kiln.nn.kernel;

import io.kiln.nn.tensor.Tensor;

/** Means of windows of pixels whose channels lie side by side. */
public interface PixelMeans {
  /**
   * The mean of each window, channel by channel; what is beyond the image counts as 0.
   *
   * @param width numbers of a pixel
   * @param window without dilation
   * @param padBottom rows added below
   * @param padRight columns added on the right
   * @param countsPadding whether the sum is divided by the window's places in the image and its
   *     padding, not in the image alone
   */
  void mean(
      Tensor x,
      int n,
      int width,
      Window window,
      int padBottom,
      int padRight,
      boolean countsPadding,
      Tensor y);

  /** The gradient of {@link #mean}; dx is overwritten. */
  void meanBackward(
      Tensor dy,
      int n,
      int width,
      Window window,
      int padBottom,
      int padRight,
      boolean countsPadding,
      Tensor dx);

  /** y [n, width] = factor · the sum of each image's pixels. */
  void sum(Tensor x, int n, int pixels, int width, double factor, Tensor y);

  /** dx [n, pixels, width] = factor · dy of the image, for every pixel. */
  void sumBackward(Tensor dy, int n, int pixels, int width, double factor, Tensor dx);
}
