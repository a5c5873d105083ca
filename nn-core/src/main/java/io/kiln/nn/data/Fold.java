package io.kiln.nn.data;

import io.kiln.nn.config.ConfigException;
import io.kiln.nn.config.Settings;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One of the parts of cross-validation: {@code fold: {number: 2, of: 5}}. The samples that are not
 * held back for the test are dealt to {@code of} parts at random, by the seed of the data; part
 * {@code number} is held out, and the others are learnt from. Every fold of a set has the same
 * parts.
 *
 * @param number from 1
 * @param of how many parts there are, 2 or more
 */
public record Fold(int number, int of) {
  /** The key of a data section. */
  public static final String KEY = "fold";

  private static final long SITE = 0x73706c6974L;

  /** The fold that a section asks for; null if it asks for none. */
  static @Nullable Fold of(Settings data) {
    if (!data.has(KEY)) {
      return null;
    }
    Settings section = data.section(KEY);
    int of = section.atLeast(2, "of", section.integer("of"));
    int number = section.atLeast(1, "number", section.integer("number"));
    section.finish();
    if (number > of) {
      throw new ConfigException(
          section.path("number") + ": " + number + " came but there are " + of + " folds");
    }
    return new Fold(number, of);
  }

  /**
   * What is held out and what is learnt from, each in rising order.
   *
   * @param order of all samples
   * @param from the first place of it that is not the test's
   * @param n samples in all
   */
  RandomSplit split(SampleOrder order, int from, int n, int[] test) {
    int pool = n - from;
    if (pool < of) {
      throw new ConfigException(
          "data.fold: "
              + of
              + " folds came but there are "
              + pool
              + " samples; give fewer folds or more samples");
    }
    int first = from + (int) ((long) pool * (number - 1) / of);
    int end = from + (int) ((long) pool * number / of);
    int[] held = samples(order, first, end);
    int[] before = samples(order, from, first);
    int[] train = Arrays.copyOf(before, pool - held.length);
    int[] after = samples(order, end, n);
    System.arraycopy(after, 0, train, before.length, after.length);
    Arrays.sort(train);
    return new RandomSplit(train, held, test);
  }

  /** Samples that all are trained or held out. */
  RandomSplit split(Settings data, int n) {
    return split(SampleOrder.of(data.whole("seed", 1), SITE, 0, n), 0, n, new int[0]);
  }

  private static int[] samples(SampleOrder order, int from, int to) {
    int[] samples = new int[to - from];
    order.fill(from, to, samples, 0);
    Arrays.sort(samples);
    return samples;
  }

  /** Refuses a validation part that has files of its own: its samples are no part of the folds. */
  static void refuseOwnPart(Settings data) {
    if (data.has(KEY)) {
      throw new ConfigException(
          data.path(KEY)
              + ": folds came but the validation part has files of its own; put its samples with"
              + " those for training, and set "
              + data.path("validation")
              + " to 0");
    }
  }
}
