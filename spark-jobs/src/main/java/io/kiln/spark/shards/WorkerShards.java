package io.kiln.spark.shards;

import io.kiln.nn.data.SampleSpec;
import io.kiln.nn.data.ShardReader;
import io.kiln.nn.data.ShardedSamples;
import io.kiln.nn.data.Spool;
import io.kiln.nn.data.SpoolForm;
import io.kiln.nn.data.SpoolWriter;
import io.kiln.nn.data.SpooledSamples;
import io.kiln.nn.io.FormatException;
import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Files;
import java.util.Locale;
import org.apache.spark.Partition;
import org.apache.spark.TaskContext;
import org.apache.spark.rdd.RDD;
import org.apache.spark.sql.catalyst.InternalRow;
import org.jspecify.annotations.Nullable;
import scala.collection.Iterator;

/**
 * Where a task gets the samples of its own shards. It is sent to the task within its closure, and
 * holds the sorted rows without declaring that the task depends on them: a barrier stage may not
 * have parents of other numbers of partitions.
 */
public final class WorkerShards implements Serializable {
  private static final long serialVersionUID = 1L;
  private static final int LOOK_UP = 1024;

  private final TablePlan plan;
  private final RDD<InternalRow> sorted;
  private final Partition[] partitions;

  WorkerShards(TablePlan plan, RDD<InternalRow> sorted, Partition[] partitions) {
    this.plan = plan;
    this.sorted = sorted;
    this.partitions = partitions;
  }

  /** What is known of the table. */
  public TablePlan plan() {
    return plan;
  }

  /**
   * The samples of a part, of which shards from first (inclusive) to end (exclusive) can be opened.
   * Spools those that are not yet on this machine; call it on the task's own thread.
   *
   * @param task the task that runs, {@code TaskContext.get()}
   * @param seed of the order
   * @param memory bytes that the whole part, all workers' shards together, may take to be read in
   *     any order; see {@link SpooledSamples}
   * @throws LostRowsException if an executor took rows with it
   * @throws FormatException if the rows are not those that were planned
   */
  public Opened open(Part part, int first, int end, TaskContext task, long seed, long memory)
      throws IOException {
    String id = plan.id();
    SpoolFolder folder = SpoolFolder.lease(id);
    boolean done = false;
    try {
      @Nullable Spool[] spools = new @Nullable Spool[plan.shards()];
      long bytes = 0;
      for (int shard = first; shard < end; shard++) {
        Spool spool = spool(folder, part, shard, task);
        spools[shard] = spool;
        bytes += Files.size(spool.path());
      }
      Opened opened = new Opened(part, folder, spools, seed, memory, bytes);
      done = true;
      return opened;
    } finally {
      if (!done) {
        folder.release();
      }
    }
  }

  private int partition(Part part, int shard) {
    return part.partition(shard, plan.shards());
  }

  private Spool spool(SpoolFolder folder, Part part, int shard, TaskContext task)
      throws IOException {
    int partition = partition(part, shard);
    String name = part.name().toLowerCase(Locale.ROOT) + "-" + shard;
    SpoolForm form = plan.form();
    return folder.spool(
        partition,
        name,
        form,
        writer ->
            OwnTask.run(
                task,
                () -> {
                  fill(writer, partition, task);
                  return writer;
                }));
  }

  private void fill(SpoolWriter writer, int partition, TaskContext task) throws IOException {
    Iterator<InternalRow> rows = sorted.iterator(partitions[partition], TaskContext.get());
    long keys = 0;
    while (rows.hasNext()) {
      InternalRow row = rows.next();
      keys += row.getLong(ShardedTable.KEY);
      writer.add(row.getBinary(ShardedTable.ROW));
      if (writer.rows() % LOOK_UP == 0) {
        task.killTaskIfInterrupted();
      }
    }
    Part part = Part.of(partition, plan.shards());
    int shard = partition % plan.shards();
    long planned = plan.sizes(part)[shard];
    if (writer.rows() != planned || keys != plan.check(partition)) {
      throw new FormatException(
          plan.name(),
          -1,
          "shard "
              + shard
              + " has "
              + (writer.rows() == planned
                  ? "other rows than"
                  : writer.rows() + " rows but there were " + planned)
              + " when the table was read first; it has changed, or gives other rows each time:"
              + " write it to files, or cache it");
    }
  }

  /** Samples of which this worker has its own shards on disk. */
  public final class Opened implements ShardedSamples {
    private final ShardedSamples samples;
    private final SpoolFolder folder;
    private final long bytes;
    private boolean closed;

    Opened(
        Part part,
        SpoolFolder folder,
        @Nullable Spool[] spools,
        long seed,
        long memory,
        long bytes) {
      this.folder = folder;
      this.bytes = bytes;
      SpooledSamples.Spools own =
          new SpooledSamples.Spools() {
            @Override
            public Spool spool(int shard) {
              Spool spool = spools[shard];
              if (spool == null) {
                throw new IllegalArgumentException(
                    "shards: shard " + shard + " is asked for but it is another worker's");
              }
              return spool;
            }

            @Override
            public void damaged(int shard, FormatException how) {
              folder.forget(partition(part, shard));
            }
          };
      this.samples =
          plan.samples(
              part,
              new SpooledSamples(plan.rowSpec(), plan.form(), plan.sizes(part), seed, memory, own));
    }

    /** Bytes of the own shards' spools. */
    public long bytes() {
      return bytes;
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
    public boolean stored() {
      return samples.stored();
    }

    @Override
    public boolean weighted() {
      return samples.weighted();
    }

    @Override
    public boolean sparse() {
      return samples.sparse();
    }

    @Override
    public ShardReader open(int shard, int epoch, long position) throws IOException {
      return samples.open(shard, epoch, position);
    }

    @Override
    public void close() throws IOException {
      if (!closed) {
        closed = true;
        folder.release();
      }
    }
  }
}
