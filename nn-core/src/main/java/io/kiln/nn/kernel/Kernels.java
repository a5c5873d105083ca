package io.kiln.nn.kernel;

import io.kiln.nn.tensor.DType;
import org.jspecify.annotations.Nullable;

/**
 * The families of loops for one width.
 *
 * @param matrix matrix products
 * @param elementwise loops over elements and rows
 * @param arithmetic arithmetic of two operands
 * @param pointwise choices between two operands
 * @param axes loops along one axis
 * @param softmax softmax and its losses
 * @param activations nonlinear functions of each element
 * @param losses losses and their gradients
 * @param rowNorm normalisation of rows
 * @param masks random masks
 * @param rows rows of tables and of sequences
 * @param sparse products of sparse rows
 * @param strides strided copies and sums
 * @param cells steps of recurrent cells
 * @param patches convolutions as products
 * @param blocks copies of parts
 * @param channels loops over the channels of images
 * @param pooling maxima and means of windows
 * @param updates optimizer steps over flat arrays
 * @param adaptive steps with a scale of each number
 * @param pixels bytes of images as numbers
 * @param wideImages loops for images with their channels side by side, or null without vectors
 */
public record Kernels(
    Matrix matrix,
    Elementwise elementwise,
    Arithmetic arithmetic,
    Pointwise pointwise,
    AxisLoops axes,
    Softmax softmax,
    Activations activations,
    LossLoops losses,
    RowNorm rowNorm,
    Masks masks,
    Rows rows,
    SparseProducts sparse,
    Strides strides,
    Cells cells,
    Patches patches,
    Blocks blocks,
    Channels channels,
    Pooling pooling,
    Updates updates,
    AdaptiveUpdates adaptive,
    PixelLoops pixels,
    @Nullable ImageKernels wideImages) {
  private static final Kernels FLOAT32 = Rooms.families(DType.FLOAT32);
  private static final Kernels FLOAT64 = Rooms.families(DType.FLOAT64);

  /**
   * The loops for images with their channels side by side.
   *
   * @throws IllegalStateException if there are none: see {@link Machine#channelsLast}
   */
  public ImageKernels images() {
    if (wideImages == null) {
      throw new IllegalStateException("kernels: no loops for channels side by side here");
    }
    return wideImages;
  }

  /** Numbers of a vector in {@link #images}, 1 if there are none. */
  public int lanes() {
    return wideImages == null ? 1 : wideImages.products().lanes();
  }

  /** The families of that width. */
  public static Kernels of(DType dtype) {
    return dtype == DType.FLOAT32 ? FLOAT32 : FLOAT64;
  }
}
