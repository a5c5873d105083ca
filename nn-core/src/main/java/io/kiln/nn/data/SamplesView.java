package io.kiln.nn.data;

import java.io.IOException;

/**
 * Samples that are others' rows read in another way: dense, and of other shapes. Sizes, weights and
 * resources are theirs.
 */
final class SamplesView implements ShardedSamples {
  /** Reads rows in another way. */
  interface Way {
    /** A reader of an own shard from a position on; closing it closes the rows'. */
    ShardReader over(ShardReader rows, int shard, long position);
  }

  private final ShardedSamples rows;
  private final SampleSpec spec;
  private final Way way;

  SamplesView(ShardedSamples rows, SampleSpec spec, Way way) {
    this.rows = rows;
    this.spec = spec;
    this.way = way;
  }

  @Override
  public SampleSpec spec() {
    return spec;
  }

  @Override
  public int shards() {
    return rows.shards();
  }

  @Override
  public long size(int shard) {
    return rows.size(shard);
  }

  @Override
  public boolean weighted() {
    return rows.weighted();
  }

  @Override
  public boolean stored() {
    return rows.stored();
  }

  @Override
  public ShardReader open(int shard, int epoch, long position) throws IOException {
    return way.over(rows.open(shard, epoch, position), shard, position);
  }

  @Override
  public void close() throws IOException {
    rows.close();
  }
}
