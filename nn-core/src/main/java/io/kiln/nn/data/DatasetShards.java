package io.kiln.nn.data;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A data set that every worker has whole, in virtual shards.
 *
 * <p>For training, shard v is a keyed random part of the set ({@link SampleOrder#ofShards}), so it
 * makes no difference how the set is sorted; for evaluation, a range of it. Immutable.
 */
public final class DatasetShards implements ShardedSamples {
  /**
   * Of so many samples the order of the deal is kept, 4 bytes each; it is the same in all epochs.
   */
  private static final int MOST_KEPT = 1 << 20;

  private final Dataset data;
  private final Shards cut;
  private final long seed;
  private final @Nullable SampleOrder whole;
  private final int[] places;

  private DatasetShards(Dataset data, int shards, long seed, @Nullable SampleOrder whole) {
    this.data = data;
    this.cut = Shards.of(data.size(), shards, 1);
    this.seed = seed;
    this.whole = whole;
    this.places = new int[whole == null || data.size() > MOST_KEPT ? 0 : data.size()];
    for (int i = 0; i < places.length; i++) {
      places[i] = Objects.requireNonNull(whole).at(i);
    }
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

  /** The sample that was dealt to a place. */
  private int index(long place) {
    if (places.length > 0) {
      return places[(int) place];
    }
    return (int) (whole == null ? place : whole.at(place));
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
        data.read(index(place), batch, row);
        at++;
      }
    }

    @Override
    public void close() {}
  }
}
