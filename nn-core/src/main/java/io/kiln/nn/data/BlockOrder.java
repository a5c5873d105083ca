package io.kiln.nn.data;

/**
 * An order for shards that do not fit into memory: blocks of rows are permuted, and then the rows
 * within each window of blocks, so that a reader takes whole blocks from the disk and keeps one
 * window at a time.
 *
 * <p>Window k has the blocks at places k·w … of the permutation of blocks. All blocks have the same
 * number of rows but the last of the shard, which stands at some place of its own; what comes after
 * it begins that much earlier. One thread's; a change of window allocates a few numbers.
 */
final class BlockOrder implements RowOrder {
  private static final long WINDOW_SITE = 0x77696e646f77L;

  private final long seed;
  private final long epoch;
  private final long shard;
  private final long rows;
  private final long blockRows;
  private final int window;
  private final SampleOrder blocks;
  private final long shortPlace;
  private final long missing;

  private long current = -1;
  private long begin;
  private SampleOrder within;

  /**
   * The order of one shard in one epoch.
   *
   * @param rows of the shard
   * @param blockRows rows of a block
   * @param window blocks of a window
   */
  static BlockOrder of(long seed, long epoch, long shard, long rows, int blockRows, int window) {
    return new BlockOrder(seed, epoch, shard, rows, blockRows, window);
  }

  /** The plain order, taken a window at a time. */
  static BlockOrder plain(long rows, int blockRows, int window) {
    return new BlockOrder(0, ShardedSamples.PLAIN, 0, rows, blockRows, window);
  }

  private BlockOrder(long seed, long epoch, long shard, long rows, int blockRows, int window) {
    this.seed = seed;
    this.epoch = epoch;
    this.shard = shard;
    this.rows = rows;
    this.blockRows = blockRows;
    this.window = window;
    long count = (rows + blockRows - 1) / blockRows;
    this.blocks = SampleOrder.of(seed, epoch, shard, count);
    this.missing = count * blockRows - rows;
    this.shortPlace = missing == 0 ? count : place(count - 1);
    this.within = SampleOrder.of(seed, epoch, shard, 0);
  }

  private long block(long place) {
    return epoch == ShardedSamples.PLAIN ? place : blocks.at(place);
  }

  private long place(long block) {
    long place = 0;
    while (block(place) != block) {
      place++;
    }
    return place;
  }

  @Override
  public long at(long position) {
    enter(position);
    long place = position - begin;
    long row = epoch == ShardedSamples.PLAIN ? place : within.at(place);
    long first = current * window;
    long at = first + row / blockRows;
    if (at < shortPlace || first > shortPlace) {
      return block(at) * blockRows + row % blockRows;
    }
    long beyond = row - ((shortPlace - first + 1) * blockRows - missing);
    return beyond < 0
        ? block(shortPlace) * blockRows + row - (shortPlace - first) * blockRows
        : block(shortPlace + 1 + beyond / blockRows) * blockRows + beyond % blockRows;
  }

  /** The window of a position. */
  long window(long position) {
    long whole = window * blockRows;
    long before = shortPlace / window;
    return position < (before + 1) * whole - missing
        ? position / whole
        : (position + missing) / whole;
  }

  /** The window of the row asked for last. */
  long window() {
    return current;
  }

  /** The blocks of a window, in the order of their places. */
  long[] blocks(long number) {
    long from = number * window;
    long[] own = new long[(int) Math.min(window, blocks.count() - from)];
    for (int i = 0; i < own.length; i++) {
      own[i] = block(from + i);
    }
    return own;
  }

  private void enter(long position) {
    long number = window(position);
    if (number != current) {
      current = number;
      begin = start(number);
      long end = Math.min(rows, start(number + 1));
      within = SampleOrder.of(seed ^ WINDOW_SITE, epoch, shard ^ (number + 1) << 32, end - begin);
    }
  }

  private long start(long number) {
    return number * window * blockRows - (number * window > shortPlace ? missing : 0);
  }
}
