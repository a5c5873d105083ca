package io.kiln.spark.fit;

import io.kiln.nn.data.DatasetShards;
import io.kiln.nn.data.ShardedSamples;
import io.kiln.nn.data.Splits;
import io.kiln.spark.config.RunConfig;
import java.io.IOException;

/**
 * The samples of one worker.
 *
 * @param train what is learnt from
 * @param validation what choices are made with; may be empty
 * @param test what is looked at once; may be empty
 * @param bytes that were read to have them
 */
public record FitSamples(
    ShardedSamples train, ShardedSamples validation, ShardedSamples test, long bytes)
    implements AutoCloseable {
  /** A set that is here as a whole. */
  public static FitSamples of(Splits splits, RunConfig config, long bytes) {
    int shards = config.shards();
    return new FitSamples(
        DatasetShards.dealt(splits.train(), shards, config.train().seed()),
        DatasetShards.ranges(splits.validation(), shards),
        DatasetShards.ranges(splits.test(), shards),
        bytes);
  }

  @Override
  public void close() throws IOException {
    train.close();
    validation.close();
    test.close();
  }
}
