package io.kiln.nn.data;

/**
 * Changes the size of an image by a triangle filter that widens when the image shrinks, so that
 * nothing is skipped: the "bilinear" resize of PIL and torchvision.
 */
public final class Resampling {
  private Resampling() {}

  /**
   * Resamples planes of bytes.
   *
   * @param planes channels · height · width bytes
   * @return channels · newHeight · newWidth bytes
   */
  public static byte[] resize(
      byte[] planes, int channels, int height, int width, int newHeight, int newWidth) {
    if (height == newHeight && width == newWidth) {
      return planes;
    }
    byte[] wide = new byte[Math.multiplyExact(channels * height, newWidth)];
    Weights across = new Weights(width, newWidth);
    for (int line = 0; line < channels * height; line++) {
      across.apply(planes, line * width, 1, wide, line * newWidth, 1);
    }
    byte[] out = new byte[Math.multiplyExact(channels * newHeight, newWidth)];
    Weights down = new Weights(height, newHeight);
    for (int c = 0; c < channels; c++) {
      for (int x = 0; x < newWidth; x++) {
        int from = c * height * newWidth + x;
        int to = c * newHeight * newWidth + x;
        down.apply(wide, from, newWidth, out, to, newWidth);
      }
    }
    return out;
  }

  /** For each new place, where its old ones begin and how much each counts. */
  private static final class Weights {
    private final int[] starts;
    private final float[][] weights;

    Weights(int size, int newSize) {
      double scale = (double) size / newSize;
      double radius = Math.max(1, scale);
      starts = new int[newSize];
      weights = new float[newSize][];
      for (int i = 0; i < newSize; i++) {
        double centre = (i + 0.5) * scale;
        int from = Math.max(0, (int) (centre - radius + 0.5));
        int to = Math.min(size, (int) (centre + radius + 0.5));
        float[] own = new float[to - from];
        double sum = 0;
        for (int j = from; j < to; j++) {
          double weight = Math.max(0, 1 - Math.abs((j + 0.5 - centre) / radius));
          own[j - from] = (float) weight;
          sum += weight;
        }
        for (int j = 0; j < own.length; j++) {
          own[j] /= (float) sum;
        }
        starts[i] = from;
        weights[i] = own;
      }
    }

    void apply(byte[] in, int from, int step, byte[] out, int to, int outStep) {
      for (int i = 0; i < starts.length; i++) {
        float[] own = weights[i];
        int at = from + starts[i] * step;
        float sum = 0.5f;
        for (float weight : own) {
          sum += weight * (in[at] & 0xff);
          at += step;
        }
        out[to + i * outStep] = (byte) Math.min(255, (int) sum);
      }
    }
  }
}
