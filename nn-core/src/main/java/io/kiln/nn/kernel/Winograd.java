package io.kiln.nn.kernel;

import io.kiln.nn.tensor.Tensor;

/**
 * The transforms of Winograd's convolution with 3×3 filters, F(4×4, 3×3): Lavin and Gray 2016,
 * "Fast Algorithms for Convolutional Neural Networks".
 *
 * <p>Y = Aᵀ [(G g Gᵀ) ⊙ (Bᵀ d B)] A for an input tile d of 6×6 and an output tile Y of 4×4: 36
 * multiplications instead of 144. Transformed numbers lie as 36 matrices, [tiles, channels] or
 * [channels, filters], so that ⊙ and the sum over channels are 36 products. Gradients are the
 * adjoints: dM = A dY Aᵀ, dU = Σ dM ⊙ V, dg = Gᵀ dU G, dd = B (dM ⊙ U) Bᵀ.
 *
 * <p>Images come as strips: rows of pixels with their channels side by side.
 */
public interface Winograd {
  /** Height and width of an output tile. */
  int TILE = 4;

  /** Height and width of an input tile. */
  int SIDE = 6;

  /** Matrices of transformed numbers. */
  int POINTS = SIDE * SIDE;

  /** Numbers of working memory that the transforms of a row of tiles need. */
  int workSize(int tiles, int widthIn, int widthOut);

  /**
   * U = G g Gᵀ.
   *
   * @param w filters [outer, inner, 3, 3]
   * @param transposed whether each of the 36 matrices is [outer, inner] instead of [inner, outer]
   * @param work 9 such matrices
   * @param u 36 matrices, rows padded to whole vectors
   */
  void filters(
      Tensor w,
      int outer,
      int inner,
      boolean transposed,
      Tensor work,
      int atWork,
      Tensor u,
      int at);

  /**
   * dw = β·dw + Gᵀ dU G.
   *
   * @param du 36 matrices [inner, outer], rows padded to whole vectors
   * @param work 9 such matrices
   */
  void filtersBackward(
      Tensor du, int at, int outer, int inner, Tensor work, int atWork, double beta, Tensor dw);

  /**
   * V = Bᵀ d B for a row of tiles.
   *
   * @param strip 6 rows of 4·tiles + 2 pixels
   * @param width numbers of a pixel
   * @param v where the first tile's first point goes
   * @param stride distance of the 36 matrices
   */
  void input(
      Tensor strip,
      int at,
      int tiles,
      int width,
      Tensor work,
      int atWork,
      Tensor v,
      int to,
      int stride);

  /** strip += B V Bᵀ: the adjoint of {@link #input}. */
  void inputBackward(
      Tensor v,
      int at,
      int stride,
      int tiles,
      int width,
      Tensor work,
      int atWork,
      Tensor strip,
      int to);

  /**
   * Y = Aᵀ M A for a row of tiles.
   *
   * @param strip 4 rows of 4·tiles pixels
   */
  void output(
      Tensor m,
      int at,
      int stride,
      int tiles,
      int width,
      Tensor work,
      int atWork,
      Tensor strip,
      int to);

  /** M = A dY Aᵀ: the adjoint of {@link #output}. */
  void outputBackward(
      Tensor strip,
      int at,
      int tiles,
      int width,
      Tensor work,
      int atWork,
      Tensor m,
      int to,
      int stride);
}
