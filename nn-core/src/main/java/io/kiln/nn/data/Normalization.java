package io.kiln.nn.data;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.LongStream;

/**
 * A mean and a deviation for each channel or feature: y = (x − mean) / deviation.
 *
 * @param mean one number a channel, in the units of x
 * @param deviation one positive number a channel
 */
public record Normalization(List<Double> mean, List<Double> deviation) {
  /** Copies and checks the lists. */
  public Normalization {
    mean = List.copyOf(mean);
    deviation = List.copyOf(deviation);
    if (mean.size() != deviation.size()) {
      throw new IllegalArgumentException(
          "normalization: "
              + mean.size()
              + " means and "
              + deviation.size()
              + " deviations came but their counts must be equal");
    }
    for (double each : deviation) {
      if (!(each > 0) || Double.isInfinite(each)) {
        throw new IllegalArgumentException(
            "normalization: deviation " + each + " came but it must be positive");
      }
    }
  }

  /** Mean 0 and deviation 1: changes nothing. */
  public static Normalization none(int channels) {
    return new Normalization(
        Collections.nCopies(channels, 0.0), Collections.nCopies(channels, 1.0));
  }

  /**
   * Fits pixels scaled to [0, 1], a mean and a deviation for each channel, over some images: give
   * the training part only. A constant channel keeps deviation 1.
   */
  public static Normalization fit(Images images, int... samples) {
    int channels = images.shape().size(0);
    int area = images.shape().count(1, 3);
    long[][] counts = new long[channels][256];
    for (int sample : samples) {
      int slot = images.slot(sample);
      byte[] pixels = images.pixels().array(slot);
      int at = images.pixels().offset(slot);
      for (long[] each : counts) {
        for (int end = at + area; at < end; at++) {
          each[pixels[at] & 0xff]++;
        }
      }
    }
    return ofCounts(counts);
  }

  /**
   * The same from how often each of the 256 values occurs in each channel.
   *
   * @param counts [channels][256]
   */
  public static Normalization ofCounts(long[][] counts) {
    List<Double> means = new ArrayList<>();
    List<Double> deviations = new ArrayList<>();
    for (long[] histogram : counts) {
      double count = Math.max(1.0, (double) LongStream.of(histogram).sum());
      double sum = 0;
      for (int value = 0; value < 256; value++) {
        sum += value * (double) histogram[value];
      }
      double mean = sum / count;
      double squares = 0;
      for (int value = 0; value < 256; value++) {
        squares += histogram[value] * (value - mean) * (value - mean);
      }
      double variance = squares / count;
      means.add(mean / 255);
      deviations.add(variance > 0 ? Math.sqrt(variance) / 255 : 1.0);
    }
    return new Normalization(means, deviations);
  }
}
