package io.kiln.nn.conv;

import io.kiln.nn.kernel.Window;

/**
 * The sizes of a convolution whose output has its channels side by side.
 *
 * @param n images
 * @param channels channels of the input
 * @param filters channels of the output
 * @param window how the window moves
 * @param lanes numbers in a vector
 * @param planes whether the input has a plane for each channel instead
 */
public record ImageGeometry(
    int n, int channels, int filters, Window window, int lanes, boolean planes) {
  /** Numbers of an output pixel. */
  int widthOut() {
    return padded(filters);
  }

  /** Numbers of an input pixel with its channels side by side. */
  int widthIn() {
    return padded(channels);
  }

  private int padded(int count) {
    return (count + lanes - 1) / lanes * lanes;
  }

  /** Rows that windows cover, padding included. */
  int frameH() {
    int last = (window.outH() - 1) * window.strideH() + (window.kernelH() - 1) * window.dilationH();
    return Math.max(last + 1, window.padTop() + window.inH());
  }

  /** Columns that windows cover, padding included. */
  int frameW() {
    int last = (window.outW() - 1) * window.strideW() + (window.kernelW() - 1) * window.dilationW();
    return Math.max(last + 1, window.padLeft() + window.inW());
  }

  /** Whether windows reach beyond the image. */
  boolean isFramed() {
    return frameH() > window.inH() || frameW() > window.inW();
  }

  /** Numbers of an image of that height and width. */
  int image(int h, int w) {
    long count = (long) h * w * (planes ? channels : widthIn());
    if (count > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "conv2d: an image of ["
              + channels
              + ", "
              + h
              + ", "
              + w
              + "], padding included, has "
              + count
              + " numbers but at most 2147483647 fit; give smaller images");
    }
    return (int) count;
  }

  /** Multiplications and additions of one product. */
  long flops() {
    return 2L * n * filters * channels * window.kernelCount() * window.outCount();
  }
}
