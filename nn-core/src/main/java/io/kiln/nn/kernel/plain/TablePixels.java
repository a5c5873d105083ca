package io.kiln.nn.kernel.plain;

import io.kiln.nn.kernel.PixelLoops;
import io.kiln.nn.tensor.DType;
import io.kiln.nn.tensor.Tensor;

/** Bytes of images through a table, in both widths. */
final class TablePixels implements PixelLoops {
  @Override
  public void scale(byte[] pixels, int from, int n, Scale scale, Tensor y, int to) {
    int at = y.offset() + to;
    if (y.dtype() == DType.FLOAT32) {
      float[] out = y.floats();
      for (int i = 0; i < n; i++) {
        out[at + i] = scale.of(pixels[from + i]);
      }
    } else {
      double[] out = y.doubles();
      for (int i = 0; i < n; i++) {
        out[at + i] = scale.of(pixels[from + i]);
      }
    }
  }
}
