package io.kiln.nn.kernel;

import io.kiln.nn.tensor.Tensor;

/**
 * Between images and the matrices of a convolution done as a product.
 *
 * <p>Columns: a matrix with a row for each (channel, window row, window column) and a column for
 * each position of the window. Maps: a matrix with a row for each output channel and a column for
 * each position, over several images side by side; images hold them one after another.
 */
public interface Patches {
  /**
   * Writes the columns of one image for some rows of positions.
   *
   * @param x holds the planes, one after another from {@code atX}
   * @param channels number of planes
   * @param fromRow first row of positions
   * @param toRow end of the rows of positions
   * @param columns matrix whose first element is at {@code at}
   * @param stride distance of the matrix's rows
   */
  void gather(
      Tensor x,
      int atX,
      int channels,
      Window window,
      int fromRow,
      int toRow,
      Tensor columns,
      int at,
      int stride);

  /** The adjoint of {@link #gather}: adds every element of the columns to the one it came from. */
  void scatter(
      Tensor columns,
      int at,
      int stride,
      Window window,
      int channels,
      int fromRow,
      int toRow,
      Tensor x,
      int atX);

  /**
   * y = maps + bias, channel by channel, cut at 0 from below if {@code rectified}.
   *
   * @param maps matrix [channels, images·count]
   * @param bias one number a channel from {@code atBias}, or a tensor without elements for none
   * @param count positions taken of each plane
   * @param atY where the first image's first position is in y
   * @param plane distance of the planes in y
   * @param image distance of the images in y
   */
  void spread(
      Tensor maps,
      int images,
      int channels,
      int count,
      Tensor bias,
      int atBias,
      boolean rectified,
      Tensor y,
      int atY,
      int plane,
      int image);

  /**
   * The adjoint of {@link #spread}: maps = dy, 0 where {@code rectified} and y is not above 0.
   *
   * @param y read only if rectified
   */
  void collect(
      Tensor dy,
      Tensor y,
      int at,
      int plane,
      int image,
      int images,
      int channels,
      int count,
      boolean rectified,
      Tensor maps);

  /**
   * sum[at + c] = β·sum[at + c] + Σ of row c of the maps [channels, columns] that begin at {@code
   * atMaps}.
   */
  void sumColumns(
      Tensor maps, int atMaps, int channels, int columns, double beta, Tensor sum, int at);
}
