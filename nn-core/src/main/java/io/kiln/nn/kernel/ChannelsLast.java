package io.kiln.nn.kernel;

import io.kiln.nn.tensor.Tensor;

/**
 * Loops over images whose pixels hold their channels side by side, [n, h, w, c] with c rounded up
 * to whole vectors; the numbers beyond the real channels are 0 and stay so.
 */
public interface ChannelsLast {
  /** y [n, plane, padded channels] from x [n, channels, plane]. */
  void fromPlanes(Tensor x, int n, int channels, int plane, Tensor y);

  /** y [n, channels, plane] from x [n, plane, padded channels]. */
  void toPlanes(Tensor x, int n, int channels, int plane, Tensor y);

  /**
   * Copies rows of numbers into a larger frame and fills what is around them with 0.
   *
   * @param rows rows to copy, {@code length} numbers each, one after another
   * @param top rows of 0 above
   * @param bottom rows of 0 below
   * @param left numbers of 0 before each row
   * @param right numbers of 0 after each row
   */
  void frame(
      Tensor x,
      int at,
      int rows,
      int length,
      int top,
      int bottom,
      int left,
      int right,
      Tensor y,
      int to);

  /**
   * Turns filters [filters, channels, positions] so that filters or channels lie side by side.
   *
   * @param byChannel y [positions, filters, padded channels] if true, else [positions, channels,
   *     padded filters]
   */
  void turnFilters(
      Tensor w, int filters, int channels, int positions, boolean byChannel, Tensor y, int to);

  /**
   * Filters [filters, channels, positions] as rows in which the channels of a position lie side by
   * side: y [filters, positions·channels], its rows padded to whole vectors.
   */
  void flattenFilters(Tensor w, int filters, int channels, int positions, Tensor y, int to);

  /**
   * Adds rows of numbers to the pixels they belong to: y[to + pixels[i] + places[p] + c] += x[at +
   * i·stride + p·channels + c], for each row i, place p and channel c.
   *
   * @param x has room for a vector more
   * @param fromPixel index of row 0 in {@code pixels}
   */
  void addToPixels(
      Tensor x,
      int at,
      int stride,
      int rows,
      int channels,
      int[] pixels,
      int fromPixel,
      int[] places,
      Tensor y,
      int to);

  /** w = β·w + what {@link #turnFilters} made of it, filters side by side. */
  void turnFiltersBack(
      Tensor y, int at, int filters, int channels, int positions, double beta, Tensor w);

  /** y[to + i] = dy[at + i] where z[at + i] &gt; 0, else 0. */
  void mask(Tensor z, Tensor dy, int at, int count, Tensor y, int to);

  /** sum[j] += Σ of column j of rows [rows, width] that begin at {@code at}. */
  void addRows(Tensor x, int at, int rows, int width, Tensor sum, int to);

  /** y[to + i] = 0. */
  void clear(Tensor y, int to, int count);

  /** y[to + i] += x[at + i]. */
  void add(Tensor x, int at, int count, Tensor y, int to);

  /** Rows without what {@link #frame} put around them. */
  void crop(Tensor x, int at, int rows, int length, int top, int left, int right, Tensor y, int to);

  /**
   * y[to + i, j] = x[at + i, j] + row[j] for some rows, cut at 0 from below if {@code rectified}.
   */
  void shift(
      Tensor x,
      int at,
      int rows,
      int width,
      Tensor row,
      int atRow,
      boolean rectified,
      Tensor y,
      int to);
}
