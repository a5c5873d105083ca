package io.kiln.nn.kernel;

import io.kiln.nn.tensor.Tensor;

/** Maxima and means of the windows of planes. */
public interface Pooling {
  /**
   * y = the largest element of each window (NaN if one is NaN), cut at 0 from below if {@code
   * rectified}.
   *
   * @param planes number of planes, one after another
   * @param places written: where in its plane each maximum stood, the first of equals
   */
  void maximum(Tensor x, int planes, Window window, boolean rectified, Tensor y, Tensor places);

  /**
   * dx = 0 but dy at the places of the maxima, summed where windows overlap.
   *
   * @param y the maxima, read if {@code rectified}: where they are not above 0 dy counts as 0
   */
  void maximumBackward(
      Tensor dy, Tensor y, Tensor places, int planes, Window window, boolean rectified, Tensor dx);

  /**
   * y = the sum of each window divided by the number of elements.
   *
   * @param padBottom rows of padding below, counted if {@code countsPadding}
   * @param padRight columns of padding on the right, counted if {@code countsPadding}
   * @param countsPadding whether padding counts as elements that are 0
   */
  void mean(
      Tensor x,
      int planes,
      Window window,
      int padBottom,
      int padRight,
      boolean countsPadding,
      Tensor y);

  /** The gradient of {@link #mean}; dx is overwritten. */
  void meanBackward(
      Tensor dy,
      int planes,
      Window window,
      int padBottom,
      int padRight,
      boolean countsPadding,
      Tensor dx);

  /**
   * y = the means of outH·outW parts that cover each plane: rows from ⌊i·inH/outH⌋ to
   * ⌈(i+1)·inH/outH⌉, columns likewise.
   */
  void adaptiveMean(Tensor x, int planes, int inH, int inW, int outH, int outW, Tensor y);

  /** The gradient of {@link #adaptiveMean}; dx is overwritten. */
  void adaptiveMeanBackward(Tensor dy, int planes, int inH, int inW, int outH, int outW, Tensor dx);
}
