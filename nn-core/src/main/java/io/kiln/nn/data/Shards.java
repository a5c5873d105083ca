package io.kiln.nn.data;

import java.math.BigInteger;
import java.util.Arrays;

/**
 * How a training set of N samples is cut into V virtual shards, and an epoch into steps.
 *
 * <p>An epoch has S = ⌈N / batchSize⌉ steps; step s takes the samples from ⌊s·N/S⌋ to ⌊(s+1)·N/S⌋
 * of a deal, so that all steps have ⌊N/S⌋ or ⌈N/S⌉ samples: the batch size or at most one less in
 * any epoch of more than batchSize² samples, and never none. The deal is among shards as among the
 * leaves of a binary tree: of the first k samples that come to a node, the left half of its shards
 * gets ⌈k·l/w⌉, where l of its weight w lie on the left. So halves, quarters, … of the shards –
 * workers, threads – get their parts of every step, however small it is, and a shard's part is a
 * function of the step: every worker knows everybody's counts without talking, every sample comes
 * exactly once an epoch, and uneven and empty shards are right.
 *
 * <p>Which samples a shard owns, {@link SampleOrder#ofShards} says: shard v those at the positions
 * {@code start(v)} … {@code start(v + 1)}. Worker r of W owns the shards ⌊r·V/W⌋ … ⌊(r+1)·V/W⌋.
 *
 * <p>Immutable; no method but the factories allocates, unless there are more than 2³¹ samples.
 */
public final class Shards {
  private final long[] starts;
  private final long[] weights; // of the shards before each
  private final int batchSize;

  private Shards(long[] starts, long[] weights, int batchSize) {
    if (batchSize < 1) {
      throw new IllegalArgumentException(
          "shards: batch size " + batchSize + " came but it must be 1 or more");
    }
    this.starts = starts;
    this.weights = weights;
    this.batchSize = batchSize;
    if ((total() + batchSize - 1) / batchSize > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "shards: "
              + total()
              + " samples in batches of "
              + batchSize
              + " are more than 2147483647 steps an epoch; use a larger train.batch-size");
    }
  }

  /**
   * Cuts N samples evenly: shards differ by one sample at most, and so do their parts of a step.
   */
  public static Shards of(long total, int shards, int batchSize) {
    if (total < 0 || shards < 1) {
      throw new IllegalArgumentException(
          "shards: "
              + total
              + " samples in "
              + shards
              + " shards came but 0 samples and 1 shard are the least");
    }
    long[] weights = new long[shards + 1];
    for (int v = 0; v <= shards; v++) {
      weights[v] = v;
    }
    long[] starts = new long[shards + 1];
    for (int v = 0; v < shards; v++) {
      starts[v + 1] = starts[v] + dealt(weights, v, total);
    }
    return new Shards(starts, weights, batchSize);
  }

  /**
   * Shards of given sizes, such as the partitions of a distributed set; a size may be 0. A shard's
   * part of a step is as large as its part of the set, give or take two samples. Sizes that {@link
   * #of} would give are dealt as there.
   */
  public static Shards ofSizes(long[] sizes, int batchSize) {
    if (sizes.length == 0) {
      throw new IllegalArgumentException("shards: no sizes came but 1 shard is the least");
    }
    long[] starts = new long[sizes.length + 1];
    for (int v = 0; v < sizes.length; v++) {
      if (sizes[v] < 0) {
        throw new IllegalArgumentException(
            "shards: shard " + v + " has " + sizes[v] + " samples; 0 is the least");
      }
      starts[v + 1] = Math.addExact(starts[v], sizes[v]);
    }
    Shards even = of(starts[sizes.length], sizes.length, batchSize);
    return Arrays.equals(even.starts, starts) ? even : new Shards(starts, starts, batchSize);
  }

  /** The first shard of a worker; it owns those before {@code firstShard(worker + 1, …)}. */
  public static int firstShard(int worker, int workers, int shards) {
    return (int) ((long) worker * shards / workers);
  }

  /** Number of samples N. */
  public long total() {
    return starts[count()];
  }

  /** Number of shards V. */
  public int count() {
    return starts.length - 1;
  }

  /** Samples wanted a step: no step has more. */
  public int batchSize() {
    return batchSize;
  }

  /** The first position of a shard; {@code start(V)} is N. */
  public long start(int shard) {
    return starts[shard];
  }

  /** Number of samples of a shard. */
  public long size(int shard) {
    return starts[shard + 1] - starts[shard];
  }

  /** Steps an epoch, ⌈N / batchSize⌉. */
  public int steps() {
    return (int) ((total() + batchSize - 1) / batchSize);
  }

  /** The first position of a shard in a step, counted within the shard. */
  public long from(int shard, int step) {
    return dealt(weights, shard, before(step));
  }

  /** One past the last position of a shard in a step. */
  public long to(int shard, int step) {
    return from(shard, step + 1);
  }

  /** Samples of a shard in a step. */
  public int samples(int shard, int step) {
    return (int) (to(shard, step) - from(shard, step));
  }

  /** Samples of all shards in a step. */
  public int samples(int step) {
    return (int) (before(step + 1) - before(step));
  }

  /** The fewest samples that all shards together have in a step, ⌊N / S⌋. */
  public int fewest() {
    return steps() == 0 ? 0 : (int) (total() / steps());
  }

  /** No shard has fewer samples in a step in which it has any: 1 or more. */
  public int fewestOfAShard() {
    int fewest = Integer.MAX_VALUE;
    for (int v = 0; v < count(); v++) {
      fewest = size(v) == 0 ? fewest : Math.min(fewest, part(v, fewest(), false));
    }
    return Math.max(1, fewest == Integer.MAX_VALUE ? 1 : fewest);
  }

  /** A shard never has more samples in one step: the room its batch needs. */
  public int most(int shard) {
    int steps = steps();
    int most = steps == 0 ? 0 : (int) ((total() + steps - 1) / steps);
    return (int) Math.min(size(shard), part(shard, most, true));
  }

  /** Samples of all shards before a step. */
  private long before(int step) {
    return scaled(step, total(), steps(), false);
  }

  /** How many of the first k samples of the deal are a shard's. */
  private static long dealt(long[] weights, int shard, long k) {
    int low = 0;
    int high = weights.length - 1;
    long part = k;
    while (high - low > 1) {
      int middle = (low + high) >>> 1;
      long whole = weights[high] - weights[low];
      long left = weights[middle] - weights[low];
      long onLeft = whole == 0 ? 0 : scaled(part, left, whole, true);
      part = shard < middle ? onLeft : part - onLeft;
      low = shard < middle ? low : middle;
      high = shard < middle ? middle : high;
    }
    return part;
  }

  /** The bound of a shard's part of any n successive samples of the deal. */
  private int part(int shard, int n, boolean upper) {
    int low = 0;
    int high = count();
    long part = n;
    while (high - low > 1) {
      int middle = (low + high) >>> 1;
      long whole = weights[high] - weights[low];
      low = shard < middle ? low : middle;
      high = shard < middle ? middle : high;
      long own = weights[high] - weights[low];
      part = whole == 0 ? 0 : scaled(part, own, whole, upper);
    }
    return (int) part;
  }

  /** ⌊n·part/whole⌋, or rounded up; exact whatever the size. */
  private static long scaled(long n, long part, long whole, boolean up) {
    if (Math.multiplyHigh(n, part) == 0 && n * part >= 0) {
      long product = n * part;
      return product / whole + (up && product % whole > 0 ? 1 : 0);
    }
    BigInteger[] quotient =
        BigInteger.valueOf(n)
            .multiply(BigInteger.valueOf(part))
            .divideAndRemainder(BigInteger.valueOf(whole));
    return quotient[0].longValueExact() + (up && quotient[1].signum() > 0 ? 1 : 0);
  }
}
