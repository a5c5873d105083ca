package io.kiln.nn.data;

/**
 * How a training set of N samples is cut into V virtual shards, and an epoch into steps.
 *
 * <p>With S = ⌈N / batchSize⌉ steps an epoch, step s takes the positions ⌊s·n/S⌋ … ⌊(s+1)·n/S⌋ of
 * the {@link SampleOrder} of a shard of n samples. So every worker knows everybody's counts without
 * talking, every sample comes exactly once an epoch, and uneven and empty shards are right. Worker
 * r of W owns the shards ⌊r·V/W⌋ … ⌊(r+1)·V/W⌋.
 *
 * <p>Immutable; no method but the factories allocates.
 */
public final class Shards {
  private final int[] starts;
  private final int batchSize;

  private Shards(int[] starts, int batchSize) {
    if (batchSize < 1) {
      throw new IllegalArgumentException(
          "shards: batch size " + batchSize + " came but it must be 1 or more");
    }
    this.starts = starts;
    this.batchSize = batchSize;
  }

  /** Cuts samples 0 … total evenly: shard v is ⌊v·N/V⌋ … ⌊(v+1)·N/V⌋. */
  public static Shards of(int total, int shards, int batchSize) {
    if (total < 0 || shards < 1) {
      throw new IllegalArgumentException(
          "shards: "
              + total
              + " samples in "
              + shards
              + " shards came but 0 samples and 1 shard are the least");
    }
    int[] starts = new int[shards + 1];
    for (int v = 0; v <= shards; v++) {
      starts[v] = portion(v, total, shards);
    }
    return new Shards(starts, batchSize);
  }

  /** Shards of given sizes, such as the partitions of a distributed set; a size may be 0. */
  public static Shards ofSizes(int[] sizes, int batchSize) {
    if (sizes.length == 0) {
      throw new IllegalArgumentException("shards: no sizes came but 1 shard is the least");
    }
    int[] starts = new int[sizes.length + 1];
    for (int v = 0; v < sizes.length; v++) {
      if (sizes[v] < 0) {
        throw new IllegalArgumentException(
            "shards: shard " + v + " has " + sizes[v] + " samples; 0 is the least");
      }
      starts[v + 1] = Math.addExact(starts[v], sizes[v]);
    }
    return new Shards(starts, batchSize);
  }

  /** The first shard of a worker; it owns those before {@code firstShard(worker + 1, …)}. */
  public static int firstShard(int worker, int workers, int shards) {
    return portion(worker, shards, workers);
  }

  /** Number of samples N. */
  public int total() {
    return starts[count()];
  }

  /** Number of shards V. */
  public int count() {
    return starts.length - 1;
  }

  /** Samples wanted a step; the true number differs by less than V. */
  public int batchSize() {
    return batchSize;
  }

  /** The first sample of a shard; {@code start(V)} is N. */
  public int start(int shard) {
    return starts[shard];
  }

  /** Number of samples of a shard. */
  public int size(int shard) {
    return starts[shard + 1] - starts[shard];
  }

  /** Steps an epoch, ⌈N / batchSize⌉. */
  public int steps() {
    return (int) (((long) total() + batchSize - 1) / batchSize);
  }

  /** The first position of a shard in a step, counted within the shard. */
  public int from(int shard, int step) {
    return portion(step, size(shard), steps());
  }

  /** One past the last position of a shard in a step. */
  public int to(int shard, int step) {
    return portion(step + 1, size(shard), steps());
  }

  /** Samples of all shards in a step, the divisor of the gradient sum. */
  public int samples(int step) {
    int samples = 0;
    for (int v = 0; v < count(); v++) {
      samples += to(v, step) - from(v, step);
    }
    return samples;
  }

  /** The most samples a shard ever has in one step, ⌈n / S⌉: the room its batch needs. */
  public int most(int shard) {
    int steps = steps();
    return steps == 0 ? 0 : (int) (((long) size(shard) + steps - 1) / steps);
  }

  private static int portion(int part, int whole, int parts) {
    return (int) ((long) part * whole / parts);
  }
}
