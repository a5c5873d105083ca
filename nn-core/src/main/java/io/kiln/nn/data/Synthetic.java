package io.kiln.nn.data;

import io.kiln.nn.tensor.Shape;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.BitSet;
import java.util.List;
import java.util.Objects;
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
    try {
      return new Drawn(seed, first, count, noise).images();
    } catch (IOException e) {
      throw new IllegalStateException("synthetic: nothing is read, but " + e.getMessage(), e);
    }
  }

  /** The same, each drawn when it is asked for. */
  static ImageSource source(long seed, int first, int count, double noise) {
    return new Drawn(seed, first, count, noise);
  }

  private record Drawn(long seed, int first, double noise, int[] labels) implements ImageSource {
    Drawn(long seed, int first, int count, double noise) {
      this(
          seed,
          first,
          noise,
          IntStream.range(0, count).map(i -> DigitPen.digit(seed, first + i)).toArray());
    }

    @Override
    public Shape shape() {
      return Shape.of(1, SIDE, SIDE);
    }

    @Override
    public Classes classes() {
      return new Classes(10, List.of());
    }

    @Override
    public void read(BitSet wanted, Sink sink) throws IOException {
      int chunk = 256;
      try {
        IntStream.range(0, (size() + chunk - 1) / chunk)
            .parallel()
            .forEach(c -> draw(c * chunk, Math.min(size(), (c + 1) * chunk), wanted, sink));
      } catch (UncheckedIOException e) {
        throw Objects.requireNonNull(e.getCause());
      }
    }

    private void draw(int from, int to, BitSet wanted, Sink sink) {
      DigitPen pen = new DigitPen();
      byte[] pixels = new byte[SIDE * SIDE];
      for (int i = from; i < to; i++) {
        if (wanted.get(i)) {
          pen.draw(seed, first + i, noise, pixels, 0);
          try {
            sink.take(i, pixels, 0);
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        }
      }
    }
  }
}
