package io.kiln.nn.data;

import io.kiln.nn.tensor.Shape;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Made-up handwritten digits, for trying things where no data set is at hand.
 *
 * <p>Each image is a function of (seed, index): a digit, a way to write it, points that miss their
 * place, a smooth distortion (after Simard, Steinkraus, Platt: "Best practices for convolutional
 * neural networks", ICDAR 2003), rotation, slant, size, place, width and ink of the pen, and noise.
 * Digits come in random order, nearly equally often. Images are drawn in parallel; the result does
 * not depend on the threads.
 */
public final class Synthetic {
  /** Deviation of the noise of a pixel, where white is 1. */
  public static final double DEFAULT_NOISE = 0.1;

  /** Height and width of an image. */
  public static final int SIDE = 28;

  private Synthetic() {}

  /**
   * Digits of indices first … first + count.
   *
   * <p>Shapes: images [1, 28, 28], ink bright on dark as in MNIST.
   *
   * @param noise deviation of the noise of each pixel where white is 1, in [0, 1]
   */
  public static Images digits(long seed, int first, int count, double noise) {
    int area = SIDE * SIDE;
    byte[] pixels = new byte[Math.multiplyExact(count, area)];
    int[] labels = new int[count];
    int chunk = 256;
    IntStream.range(0, (count + chunk - 1) / chunk)
        .parallel()
        .forEach(
            c -> {
              DigitPen pen = new DigitPen();
              for (int i = c * chunk; i < Math.min(count, (c + 1) * chunk); i++) {
                labels[i] = pen.draw(seed, first + i, noise, pixels, i * area);
              }
            });
    return new Images(Shape.of(1, SIDE, SIDE), pixels, labels, 10, List.of());
  }
}
