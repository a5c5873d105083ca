package io.kiln.nn.data;

import io.kiln.nn.config.ConfigException;
import io.kiln.nn.config.Settings;
import java.util.Arrays;

/**
 * Samples dealt at random, by {@code seed}, to the test, the validation and the training part; each
 * in rising order. {@code test} and {@code validation} are counts, or fractions below 1; {@code
 * limit} is how many training samples are used at most.
 */
record RandomSplit(int[] train, int[] validation, int[] test) {
  private static final long SITE = 0x73706c6974L;
  private static final long LIMIT = 0x6c696d6974L;

  /**
   * Deals n samples.
   *
   * @param testToo whether to read {@code test}; otherwise that part is empty
   * @param validationToo whether to read {@code validation}; otherwise that part is empty
   */
  static RandomSplit of(Settings data, int n, boolean testToo, boolean validationToo) {
    int test = testToo ? part(data, "test", n) : 0;
    Fold fold = Fold.of(data);
    if (fold != null) {
      if (!validationToo) {
        Fold.refuseOwnPart(data);
      }
      part(data, "validation", n); // what else is held out does not matter
      SampleOrder order = SampleOrder.of(data.whole("seed", 1), SITE, 0, n);
      RandomSplit split = fold.split(order, test, n, samples(order, 0, test));
      return new RandomSplit(limited(data, split.train), split.validation, split.test);
    }
    int validation = validationToo ? part(data, "validation", n) : 0;
    if (n - test - validation < 1) {
      throw new ConfigException(
          data.path("validation")
              + ": "
              + validation
              + " for validation and "
              + test
              + " for the test came but there are "
              + n
              + " samples; leave at least 1 to train on");
    }
    SampleOrder order = SampleOrder.of(data.whole("seed", 1), SITE, 0, n);
    return new RandomSplit(
        limited(data, samples(order, test + validation, n)),
        samples(order, test, test + validation),
        samples(order, 0, test));
  }

  /**
   * At most {@code limit} of the training samples, chosen at random by {@code seed}, in rising
   * order; all of them if it is not set.
   */
  static int[] limited(Settings data, int[] train) {
    int limit = data.has("limit") ? data.atLeast(1, "limit", 1) : train.length;
    if (limit >= train.length) {
      return train;
    }
    SampleOrder order = SampleOrder.of(data.whole("seed", 1), LIMIT, 0, train.length);
    int[] chosen = samples(order, 0, limit);
    for (int i = 0; i < limit; i++) {
      chosen[i] = train[chosen[i]];
    }
    return chosen;
  }

  /** A count, or a fraction of n. */
  static int part(Settings data, String key, int n) {
    double part = data.within(0, n, key, 0);
    if (part > 0 && part < 1) {
      return (int) Math.round(part * n);
    }
    if (part != Math.rint(part)) {
      throw new ConfigException(
          data.path(key) + ": " + part + " came but a count or a fraction below 1 is needed");
    }
    return (int) part;
  }

  private static int[] samples(SampleOrder order, int from, int to) {
    int[] samples = new int[to - from];
    order.fill(from, to, samples, 0);
    Arrays.sort(samples);
    return samples;
  }
}
