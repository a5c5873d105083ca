package io.kiln.nn.data;

/**
 * Which row of a shard stands at a position: a function of (seed, epoch, shard, position), so that
 * a run is resumed in the midst of an epoch from integers alone.
 */
sealed interface RowOrder permits RowOrder.Plain, RowOrder.Whole, BlockOrder {
  /** The row at a position; every row stands at exactly one. */
  long at(long position);

  /** As stored. */
  record Plain() implements RowOrder {
    @Override
    public long at(long position) {
      return position;
    }
  }

  /** All rows permuted together. */
  record Whole(SampleOrder order) implements RowOrder {
    @Override
    public long at(long position) {
      return order.at(position);
    }
  }
}
