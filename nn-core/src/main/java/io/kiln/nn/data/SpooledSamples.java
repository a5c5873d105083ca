package io.kiln.nn.data;

import io.kiln.nn.io.FormatException;
import java.io.IOException;

/**
 * Samples whose own shards are spooled on this machine.
 *
 * <p>The order of an epoch permutes all rows of a shard if the whole set fits into the given
 * memory, else blocks and then rows within windows of blocks. Which it is follows from the sizes of
 * the whole set alone, so it is the same for any number of workers.
 */
public final class SpooledSamples implements ShardedSamples {
  private static final int LEAST_WINDOW = 4;
  private static final int MOST_WINDOW = 32;

  /** Where spools come from. */
  public interface Spools {
    /** The spool of an own shard. */
    Spool spool(int shard) throws IOException;

    /** Told when a spool proves damaged, so that it is not given out again. */
    void damaged(int shard, FormatException how);
  }

  private final SampleSpec spec;
  private final SpoolForm form;
  private final long[] sizes;
  private final long seed;
  private final int window;
  private final Spools spools;
  private final Rooms rooms = new Rooms();

  /**
   * Samples of a set.
   *
   * @param sizes rows of every shard, of other workers' too
   * @param seed of the order
   * @param memory bytes that the whole set may take to be read in any order
   */
  public SpooledSamples(
      SampleSpec spec, SpoolForm form, long[] sizes, long seed, long memory, Spools spools) {
    this.spec = spec;
    this.form = form;
    this.sizes = sizes.clone();
    this.seed = seed;
    this.spools = spools;
    long rows = 0;
    for (long size : sizes) {
      rows += size;
    }
    long blockBytes = Math.max(1, form.rowBytes() * form.blockRows());
    this.window =
        rows <= memory / Math.max(1, form.rowBytes())
            ? 0
            : (int)
                Math.max(
                    LEAST_WINDOW, Math.min(MOST_WINDOW, memory / sizes.length / blockBytes / 2));
  }

  @Override
  public SampleSpec spec() {
    return spec;
  }

  @Override
  public int shards() {
    return sizes.length;
  }

  @Override
  public long size(int shard) {
    return sizes[shard];
  }

  @Override
  public boolean stored() {
    return true;
  }

  @Override
  public boolean weighted() {
    return form.weighted();
  }

  @Override
  public boolean sparse() {
    return form.sparse();
  }

  /** Blocks of a window, or 0 if the shards are read in any order. */
  public int window() {
    return window;
  }

  @Override
  public ShardReader open(int shard, int epoch, long position) throws IOException {
    Spool spool = spools.spool(shard);
    if (spool.rows() != sizes[shard] || !spool.form().equals(form)) {
      throw new IllegalStateException(
          spool.path()
              + ": it has "
              + spool.rows()
              + " rows as "
              + spool.form()
              + " but "
              + sizes[shard]
              + " as "
              + form
              + " are needed");
    }
    return new Watched(shard, reader(spool, shard, epoch, position));
  }

  private ShardReader reader(Spool spool, int shard, int epoch, long position) throws IOException {
    long rows = spool.rows();
    int block = form.blockRows();
    if (window == 0) {
      return spool.open(
          epoch == PLAIN
              ? new RowOrder.Plain()
              : new RowOrder.Whole(SampleOrder.of(seed, epoch, shard, rows)),
          position);
    }
    return spool.open(
        epoch == PLAIN
            ? BlockOrder.plain(rows, block, window)
            : BlockOrder.of(seed, epoch, shard, rows, block, window),
        position,
        rooms);
  }

  /** Tells of damage. */
  private final class Watched implements ShardReader {
    private final int shard;
    private final ShardReader reader;

    Watched(int shard, ShardReader reader) {
      this.shard = shard;
      this.reader = reader;
    }

    @Override
    public void fill(Batch batch, int n) throws IOException {
      try {
        reader.fill(batch, n);
      } catch (FormatException e) {
        spools.damaged(shard, e);
        throw e;
      }
    }

    @Override
    public void close() throws IOException {
      reader.close();
    }
  }
}
