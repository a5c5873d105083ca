package io.kiln.nn.data;

import io.kiln.nn.tensor.DType;
import java.io.IOException;

/**
 * Samples in virtual shards: the sizes of all are known everywhere, a worker opens its own.
 *
 * <p>Thread-safe: several shards may be opened and read at once, the same shard too.
 */
public interface ShardedSamples extends AutoCloseable {
  /** Epoch of the plain order, for evaluation: as the shard is stored. */
  int PLAIN = -1;

  /** Shapes of one sample. */
  SampleSpec spec();

  /** Number of shards V. */
  int shards();

  /** Number of samples of a shard, of any worker's. */
  long size(int shard);

  /**
   * The samples of an own shard in the order of an epoch, from a position on.
   *
   * @param epoch from 0, or {@link #PLAIN}
   * @param position samples to pass over, from 0 to the shard's size
   */
  ShardReader open(int shard, int epoch, long position) throws IOException;

  /** Whether samples are fetched from where it takes time, so that it pays to read ahead. */
  default boolean stored() {
    return false;
  }

  /** Whether samples have weights. */
  default boolean weighted() {
    return false;
  }

  /** Whether the only input is sparse. */
  default boolean sparse() {
    return false;
  }

  /** Room for n of these samples. */
  default Batch batch(int n, DType dtype) {
    return Batch.of(spec(), n, dtype, weighted(), sparse());
  }

  /** Number of samples of all shards. */
  default long total() {
    long total = 0;
    for (int shard = 0; shard < shards(); shard++) {
      total += size(shard);
    }
    return total;
  }

  @Override
  default void close() throws IOException {}
}
