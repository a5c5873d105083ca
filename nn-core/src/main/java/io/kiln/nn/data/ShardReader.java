package io.kiln.nn.data;

import java.io.IOException;

/** Fills batches one after another with the samples of a shard. One thread's. */
public interface ShardReader extends AutoCloseable {
  /**
   * Reads the next n samples into the first n rows of a batch.
   *
   * @throws IllegalArgumentException if fewer than n are left, or the batch has no room for them
   * @throws io.kiln.nn.io.FormatException if what is stored is damaged
   */
  void fill(Batch batch, int n) throws IOException;

  @Override
  void close() throws IOException;
}
