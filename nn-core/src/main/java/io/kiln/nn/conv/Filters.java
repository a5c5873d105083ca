package io.kiln.nn.conv;

import io.kiln.nn.kernel.Kernels;

/** Which way a convolution is computed whose output has its channels side by side. */
public final class Filters {
  private Filters() {}

  /** Winograd's way where it is possible and counts fewer operations, else the direct one. */
  public static Filter of(Kernels kernels, ImageGeometry sizes) {
    return WinogradFilter.suits(sizes)
        ? new WinogradFilter(kernels.images(), sizes)
        : new DirectFilter(kernels.images(), sizes);
  }
}
