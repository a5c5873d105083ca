package io.kiln.nn.op;

import io.kiln.nn.kernel.ImageKernels;
import io.kiln.nn.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * A way to compute a convolution of images whose pixels hold their channels side by side. One
 * object serves one op; it is used by one thread.
 */
interface ImageFilter {
  /** Numbers of working memory. */
  long scratchSize();

  /**
   * y = w ∗ x + b, cut at 0 from below if {@code rectified}.
   *
   * @param w [filters, channels, kernelH, kernelW]
   * @param b [filters], or null for none
   */
  void forward(
      ImageKernels kernels,
      Tensor scratch,
      Tensor x,
      Tensor w,
      @Nullable Tensor b,
      boolean rectified,
      Tensor y);

  /**
   * The gradients of {@link #forward}.
   *
   * @param y read only if rectified
   * @param dw null if none is needed; dw = β·dw + …
   * @param db null if none is needed; db = β·db + …
   * @param dx null if none is needed; overwritten
   */
  void backward(
      ImageKernels kernels,
      Tensor scratch,
      Tensor x,
      Tensor w,
      Tensor dy,
      Tensor y,
      boolean rectified,
      @Nullable Tensor dw,
      double betaW,
      @Nullable Tensor db,
      double betaB,
      @Nullable Tensor dx);
}
