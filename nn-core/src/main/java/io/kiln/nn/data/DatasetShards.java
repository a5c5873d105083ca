package io.kiln.nn.data;

import org.jspecify.annotations.Nullable;

/**
 * A data set that every worker has whole, in virtual shards.
 *
 * <p>For training, shard v is a keyed random part of the set ({@link SampleOrder#ofShards}), so it
 * makes no difference how the set is sorted; for evaluation, a range of it. Immutable.
 */
public final class DatasetShards implements ShardedSamples {
  private final Dataset data;
  private final Shards cut;
  private final long seed;
  private final @Nullable SampleOrder whole;

  private DatasetShards(Dataset data, int shards, long seed, @Nullable SampleOrder whole) {
    this.data = data;
    this.cut = Shards.of(data.size(), shards, 1);
    this.seed = seed;
    this.whole = whole;
  }

  /**
   * Samples that are dealt to their shards at random.
   *
   * @param shards virtual shards V
   * @param seed of the deal and of the orders of epochs
   */
  public static DatasetShards dealt(Dataset data, int shards, long seed) {
    return new DatasetShards(data, shards, seed, SampleOrder.ofShards(seed, data.size()));
  }

  /** Shards that are ranges of the set, to be read in its order only. */
  public static DatasetShards ranges(Dataset data, int shards) {
    return new DatasetShards(data, shards, 0, null);
  }

  @Override
  public SampleSpec spec() {
    return data.spec();
  }

  @Override
  public int shards() {
    return cut.count();
  }

  @Override
  public long size(int shard) {
    return cut.size(shard);
  }

  @Override
  public ShardReader open(int shard, int epoch, long position) {
    if (position < 0 || position > size(shard)) {
      throw new IllegalArgumentException(
          "shard "
              + shard
              + ": position "
              + position
              + " came but it must be from 0 to "
              + size(shard));
    }
    SampleOrder order = epoch == PLAIN ? null : SampleOrder.of(seed, epoch, shard, cut.size(shard));
    return new Reader(shard, order, position);
  }

  private final class Reader implements ShardReader {
    private final long start;
    private final long end;
    private final @Nullable SampleOrder order;
    private long at;

    Reader(int shard, @Nullable SampleOrder order, long position) {
      this.start = cut.start(shard);
      this.end = cut.size(shard);
      this.order = order;
      this.at = position;
    }

    @Override
    public void fill(Batch batch, int n) {
      if (n > end - at) {
        throw new IllegalArgumentException(
            "shard: " + n + " samples are asked for but " + (end - at) + " are left");
      }
      for (int row = 0; row < n; row++) {
        long place = start + (order == null ? at : order.at(at));
        data.read((int) (whole == null ? place : whole.at(place)), batch, row);
        at++;
      }
    }

    @Override
    public void close() {}
  }
}
