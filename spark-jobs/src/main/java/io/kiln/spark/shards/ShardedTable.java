package io.kiln.spark.shards;

import io.kiln.nn.io.FormatException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.stream.IntStream;
import org.apache.spark.MapOutputTrackerMaster;
import org.apache.spark.Partition;
import org.apache.spark.ShuffleDependency;
import org.apache.spark.SparkEnv;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.rdd.RDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.SpecificInternalRow;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import scala.concurrent.Await;
import scala.concurrent.duration.Duration;
import scala.jdk.javaapi.CollectionConverters;

/**
 * A table whose rows Spark has dealt to virtual shards, sorted within each. The driver's side.
 *
 * <p>Order of calls: {@link #of} plans (Spark reads the table once); {@link #materialise} before
 * every attempt (Spark reads it again and shuffles, or computes what was lost); {@link #worker}
 * goes to the tasks.
 */
public final class ShardedTable {
  /** Columns of what is shuffled: where to, by what it is sorted, the row. */
  private static final StructType SHUFFLED =
      new StructType()
          .add("partition", DataTypes.IntegerType, false)
          .add("key", DataTypes.LongType, false)
          .add("row", DataTypes.BinaryType, false);

  static final int KEY = 1;
  static final int ROW = 2;

  private final SparkSession spark;
  private final TablePlan plan;
  private final RDD<InternalRow> sorted;
  private final Partition[] partitions;
  private final ShuffleDependency<?, ?, ?> shuffle;

  private ShardedTable(SparkSession spark, TablePlan plan, RDD<InternalRow> sorted) {
    this.spark = spark;
    this.plan = plan;
    this.sorted = sorted;
    this.partitions = sorted.partitions();
    this.shuffle = shuffle(sorted);
  }

  /**
   * Plans a table; see {@link TablePlan#of}.
   *
   * @param shards virtual shards V
   */
  public static ShardedTable of(SparkSession spark, TableSource source, int shards)
      throws IOException {
    TablePlan plan = TablePlan.of(source, shards);
    JavaRDD<InternalRow> encoded = encoded(plan, source.table(), false);
    Dataset<Row> test = source.test();
    if (test != null) {
      encoded = encoded.union(encoded(plan, test, true));
    }
    return new ShardedTable(spark, plan, sorted(spark, plan, encoded));
  }

  private static JavaRDD<InternalRow> encoded(TablePlan plan, Dataset<Row> table, boolean allTest) {
    return Reading.rows(plan.scan().columns().project(table))
        .mapPartitions(rows -> new Encoded(plan, rows, allTest));
  }

  /** Rows on their way to their shards; each is only valid until the next. */
  private static final class Encoded implements Iterator<InternalRow> {
    private final TablePlan plan;
    private final Iterator<InternalRow> rows;
    private final boolean allTest;
    private final RowReader reader;
    private final RowKey key;
    private final RowEncoder encoder;
    private final SpecificInternalRow out = new SpecificInternalRow(SHUFFLED);
    private boolean ready;

    Encoded(TablePlan plan, Iterator<InternalRow> rows, boolean allTest) {
      this.plan = plan;
      this.rows = rows;
      this.allTest = allTest;
      this.reader = new RowReader(plan.scan().columns());
      this.key = new RowKey(plan.scan().seed());
      this.encoder = new RowEncoder(plan.name(), plan.scan().columns(), plan.encoding());
    }

    @Override
    public boolean hasNext() {
      while (!ready && rows.hasNext()) {
        reader.read(rows.next());
        ready = !plan.scan().isDropped(reader);
      }
      return ready;
    }

    @Override
    public InternalRow next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      ready = false;
      reader.hash(key);
      Part part = allTest ? Part.TEST : plan.deal().part(reader, key);
      out.setInt(0, part.partition(key.shard(plan.shards()), plan.shards()));
      out.setLong(KEY, key.key());
      try {
        out.update(ROW, encoder.encode(reader));
      } catch (FormatException e) {
        throw new UncheckedIOException(e);
      }
      return out;
    }
  }

  /**
   * In a session of its own, so that nothing of the host's decides the number of partitions; with
   * the row itself behind the key, equal keys of other rows (there are none, but for a chance of
   * 2⁻⁶⁴) have an order too.
   */
  private static RDD<InternalRow> sorted(
      SparkSession spark, TablePlan plan, JavaRDD<InternalRow> encoded) {
    var own = (org.apache.spark.sql.classic.SparkSession) spark.newSession();
    own.conf().set("spark.sql.adaptive.enabled", "false");
    Dataset<Row> sorted =
        own.internalCreateDataFrame(encoded.rdd(), SHUFFLED, false)
            .repartitionById(Part.COUNT * plan.shards(), functions.col("partition"))
            .sortWithinPartitions("key", "row");
    return Reading.rows(sorted).rdd();
  }

  /** The one shuffle the sorted rows come from. */
  private static ShuffleDependency<?, ?, ?> shuffle(RDD<?> rows) {
    RDD<?> at = rows;
    while (true) {
      var dependency = CollectionConverters.asJava(at.dependencies()).get(0);
      if (dependency instanceof ShuffleDependency<?, ?, ?> shuffle) {
        return shuffle;
      }
      at = dependency.rdd();
    }
  }

  /** What is known of the table. */
  public TablePlan plan() {
    return plan;
  }

  /** What tasks get their shards from. */
  public WorkerShards worker() {
    return new WorkerShards(plan, sorted, partitions);
  }

  /**
   * Sees to it that all rows are shuffled and the executors that have them are alive. Computes what
   * is missing: everything the first time, nothing or a lost executor's share later. One at a time:
   * Spark's scheduler dies of a map stage that is submitted while it runs for another job.
   *
   * @throws FormatException if the table is no longer what was planned
   */
  public synchronized void materialise() throws IOException {
    if (SparkEnv.get().mapOutputTracker() instanceof MapOutputTrackerMaster tracker
        && tracker.getNumAvailableOutputs(shuffle.shuffleId())
            == shuffle.rdd().getNumPartitions()) {
      return;
    }
    try {
      Await.result(spark.sparkContext().submitMapStage(shuffle), Duration.Inf());
    } catch (Exception e) { // Scala declares none of what it throws
      throw Reading.explained(plan.name(), e);
    }
  }

  /**
   * What is made of the targets of a part, shard by shard in order; only that part is read.
   *
   * @throws FormatException if the table is no longer what was planned
   */
  public List<byte[]> ofTargets(Part part, TargetChunks.Fold fold) throws IOException {
    materialise();
    int[] shards =
        IntStream.range(0, plan.shards()).map(v -> part.partition(v, plan.shards())).toArray();
    TablePlan of = plan;
    try {
      List<byte[]>[] made =
          sorted
              .toJavaRDD()
              .mapPartitions(
                  rows ->
                      List.of(fold.of(new TargetChunks(rows, of.spec().target(), of.weighted())))
                          .iterator())
              .collectPartitions(shards);
      return Arrays.stream(made).flatMap(List::stream).toList();
    } catch (Exception e) { // Spark declares none of what it throws
      throw Reading.explained(plan.name(), e);
    }
  }

  /** Gives up what an executor had, when a {@link LostRowsException} names it. */
  public void forget(String executor) {
    if (SparkEnv.get().mapOutputTracker() instanceof MapOutputTrackerMaster tracker) {
      tracker.removeOutputsOnExecutor(executor);
    }
  }
}
