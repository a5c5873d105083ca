package io.kiln.nn.data;

/**
 * The samples of some virtual shards, by their numbers in a set of n: what a worker of several has
 * to read. The same samples as {@link DatasetShards} reads in these shards.
 *
 * @param first shard
 * @param end one past the last shard
 * @param shards virtual shards V of the whole set
 * @param seed of the deal
 */
public record Share(int first, int end, int shards, long seed) {
  /** Checks the bounds. */
  public Share {
    if (first < 0 || first > end || end > shards) {
      throw new IllegalArgumentException(
          "share: shards " + first + " to " + end + " came but there are " + shards);
    }
  }

  /** The share of a worker of some. */
  public static Share of(int worker, int workers, int shards, long seed) {
    return new Share(
        Shards.firstShard(worker, workers, shards),
        Shards.firstShard(worker + 1, workers, shards),
        shards,
        seed);
  }

  /** The samples of one shard of a training set of n, in the order of the deal. */
  int[] dealt(int n, int shard) {
    Shards cut = Shards.of(n, shards, 1);
    int[] samples = new int[(int) cut.size(shard)];
    SampleOrder.ofShards(seed, n)
        .fill((int) cut.start(shard), (int) cut.start(shard + 1), samples, 0);
    return samples;
  }

  /** The samples of one shard of a set of n that is looked at in its own order. */
  int[] range(int n, int shard) {
    Shards cut = Shards.of(n, shards, 1);
    int[] samples = new int[(int) cut.size(shard)];
    for (int i = 0; i < samples.length; i++) {
      samples[i] = (int) cut.start(shard) + i;
    }
    return samples;
  }
}
