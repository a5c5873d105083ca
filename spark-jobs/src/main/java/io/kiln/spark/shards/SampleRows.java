package io.kiln.spark.shards;

import io.kiln.nn.data.Batch;

/**
 * The rows of a partition as samples in batches, for a model that is trained already. Call {@link
 * #fill} until it gives 0. One thread's.
 */
public interface SampleRows {
  /**
   * Writes the next rows into the first rows of a batch; those that are filtered out or dropped are
   * passed over.
   *
   * @return how many; 0 at the end
   * @throws BadRowException if a row cannot be a sample
   */
  int fill(Batch batch) throws BadRowException;

  /** Place in the partition, from 0, of the i-th row of the last batch. */
  long offset(int i);

  /** Rows that the partition has had so far. */
  long read();

  /** Rows with missing cells that were left out so far. */
  long dropped();
}
