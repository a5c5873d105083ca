package io.kiln.nn.kernel;

import io.kiln.nn.tensor.Tensor;

/** Bytes of images as numbers. */
public interface PixelLoops {
  /**
   * What a byte v from 0 to 255 becomes: v / 255 · factor + shift, each step rounded to float32.
   * The table of all 256 is how it is computed without vectors; with them it is the same, bit for
   * bit.
   */
  final class Scale {
    private final float factor;
    private final float shift;
    private final float[] table = new float[256];

    /** v / 255 · factor + shift. */
    public Scale(float factor, float shift) {
      this.factor = factor;
      this.shift = shift;
      for (int value = 0; value < table.length; value++) {
        table[value] = value / 255f * factor + shift;
      }
    }

    /** What v / 255 is multiplied by. */
    public float factor() {
      return factor;
    }

    /** What is added. */
    public float shift() {
      return shift;
    }

    /** What a byte of an array, which counts from 0 to 255, becomes. */
    public float of(byte value) {
      return table[value & 0xff];
    }
  }

  /**
   * y[to + i] = scale of pixels[from + i] for n bytes; {@code to} counts within y. In float64 it is
   * the number of float32.
   */
  void scale(byte[] pixels, int from, int n, Scale scale, Tensor y, int to);
}
