package io.kiln.nn.bench;

import io.kiln.nn.data.Batch;
import io.kiln.nn.data.SampleSpec;
import io.kiln.nn.data.ShardReader;
import io.kiln.nn.data.ShardedSamples;
import io.kiln.nn.data.Shards;
import io.kiln.nn.tensor.CounterRng;
import org.jspecify.annotations.Nullable;

/**
 * One batch of random samples, a shard for each thread of each worker, that is read again and
 * again. It is written once: what is timed is the step, not a reader.
 */
final class RandomSamples implements ShardedSamples {
  private final BenchCase one;
  private final SampleSpec spec;
  private final Shards shards;

  RandomSamples(BenchCase one, SampleSpec spec, int shards, int batch) {
    this.one = one;
    this.spec = spec;
    this.shards = Shards.of(batch, shards, batch);
  }

  /** How they are cut into shards and steps. */
  Shards cut() {
    return shards;
  }

  @Override
  public SampleSpec spec() {
    return spec;
  }

  @Override
  public int shards() {
    return shards.count();
  }

  @Override
  public long size(int shard) {
    return shards.size(shard);
  }

  @Override
  public ShardReader open(int shard, int epoch, long position) {
    return new ShardReader() {
      private @Nullable Batch filled;

      @Override
      public void fill(Batch batch, int n) {
        if (batch != filled) {
          one.fill().fill(batch, spec, CounterRng.of(1, shard));
          filled = batch;
        }
      }

      @Override
      public void close() {}
    };
  }
}
