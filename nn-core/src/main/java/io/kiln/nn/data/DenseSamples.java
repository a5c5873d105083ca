package io.kiln.nn.data;

import io.kiln.nn.tensor.DType;
import io.kiln.nn.tensor.SparseRows;
import io.kiln.nn.tensor.Tensor;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Sparse samples read into dense batches, the zeros written out. */
public final class DenseSamples implements ShardedSamples {
  private final ShardedSamples samples;

  private DenseSamples(ShardedSamples samples) {
    this.samples = samples;
  }

  /** The same samples, dense; those that are dense already are given back. */
  public static ShardedSamples of(ShardedSamples samples) {
    return samples.sparse() ? new DenseSamples(samples) : samples;
  }

  @Override
  public SampleSpec spec() {
    return samples.spec();
  }

  @Override
  public int shards() {
    return samples.shards();
  }

  @Override
  public long size(int shard) {
    return samples.size(shard);
  }

  @Override
  public boolean weighted() {
    return samples.weighted();
  }

  @Override
  public boolean stored() {
    return samples.stored();
  }

  @Override
  public ShardReader open(int shard, int epoch, long position) throws IOException {
    return new Reader(samples.open(shard, epoch, position));
  }

  @Override
  public void close() throws IOException {
    samples.close();
  }

  private final class Reader implements ShardReader {
    private final ShardReader reader;
    private @Nullable Batch room;

    Reader(ShardReader reader) {
      this.reader = reader;
    }

    @Override
    public void fill(Batch batch, int n) throws IOException {
      DType dtype = batch.target().dtype();
      Batch read = room;
      if (read == null || read.size() < n) {
        read = samples.batch(n, dtype);
        room = read;
      }
      read.epoch(batch.epoch());
      reader.fill(read, n);
      SparseRows rows = read.sparse();
      if (rows == null) {
        throw new IllegalStateException("samples: their batch is not sparse");
      }
      Tensor x = batch.input(0).rows(0, n);
      x.fill(0);
      for (int row = 0; row < n; row++) {
        for (int i = rows.starts()[row]; i < rows.starts()[row + 1]; i++) {
          x.set(row * rows.columns() + rows.indices()[i], rows.values()[i]);
        }
      }
      batch.target().rows(0, n).copyFrom(read.target().rows(0, n));
      Tensor weights = read.weights();
      Tensor place = batch.weights();
      if (weights != null && place != null) {
        place.rows(0, n).copyFrom(weights.rows(0, n));
      }
    }

    @Override
    public void close() throws IOException {
      reader.close();
    }
  }
}
