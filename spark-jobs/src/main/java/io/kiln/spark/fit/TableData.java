package io.kiln.spark.fit;

import io.kiln.nn.config.ConfigException;
import io.kiln.nn.config.Settings;
import io.kiln.nn.data.Shards;
import io.kiln.nn.train.Fit;
import io.kiln.nn.train.FitCheck;
import io.kiln.nn.train.SparseInput;
import io.kiln.spark.cluster.GangContext;
import io.kiln.spark.config.RunConfig;
import io.kiln.spark.shards.Part;
import io.kiln.spark.shards.ShardedTable;
import io.kiln.spark.shards.TablePlan;
import io.kiln.spark.shards.TableSource;
import io.kiln.spark.shards.WorkerShards;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.spark.TaskContext;
import org.apache.spark.network.util.JavaUtils;
import org.apache.spark.sql.SparkSession;
import org.jspecify.annotations.Nullable;

/**
 * Rows of Spark's, of which every worker has its own shards on disk.
 *
 * @param table the rows
 * @param memory bytes that the training set may take to be read in any order
 */
public record TableData(ShardedTable table, long memory) implements FitData {
  /** Formats that only Spark reads; the others are read by Kiln itself unless they are sharded. */
  private static final Set<String> SPARKS =
      Set.of("parquet", "orc", "avro", "json", "table", "jdbc");

  /** As long as they have so many bytes, the rows of a set are read in any order. */
  private static final String MEMORY = "4g";

  /** Whether a data section is one of rows of Spark's. */
  public static boolean describes(Map<String, Object> section) {
    String format = String.valueOf(section.get("format"));
    boolean sparks = SPARKS.contains(format);
    String wanted = PlacementRule.wanted(section.get("placement"));
    boolean shard = wanted.equals("shard");
    if (sparks && wanted.equals("replicate")) {
      throw new ConfigException(
          "data.placement: replicate came but data of the format "
              + format
              + " can only be sharded; set it to shard, or leave it out");
    }
    return sparks || (shard && TableSource.formats().contains(format));
  }

  /**
   * Plans the table of a configuration: Spark reads it once.
   *
   * @param root folder of data sets
   * @throws ConfigException if it cannot be what the configuration says
   * @throws io.kiln.nn.io.FormatException if cells are missing or wrong
   */
  public static TableData of(SparkSession spark, RunConfig config, String root) throws IOException {
    Map<String, Object> section = new LinkedHashMap<>(config.data());
    section.remove("placement");
    long memory = bytes(String.valueOf(section.getOrDefault("memory", MEMORY)));
    section.remove("memory");
    TableSource source = TableSource.of(spark, Settings.of("data", section), root);
    return new TableData(ShardedTable.of(spark, source, config.shards()), memory);
  }

  private static long bytes(String text) {
    try {
      long bytes = JavaUtils.byteStringAsBytes(text);
      if (bytes >= 1) {
        return bytes;
      }
    } catch (NumberFormatException e) {
      // said below
    }
    throw new ConfigException(
        "data.memory: '" + text + "' came but a size such as 512m or 4g is needed");
  }

  private TablePlan plan() {
    return table.plan();
  }

  @Override
  public DataFacts facts() {
    return new DataFacts(
        plan().spec(),
        plan().rows(Part.TRAIN),
        plan().rows(Part.VALIDATION),
        plan().rows(Part.TEST),
        plan().fingerprint(),
        plan().fitted(),
        plan().notes(),
        DataFacts.Placement.SHARD,
        "a table of Spark's is dealt to shards by Spark");
  }

  @Override
  public Shards check(FitPlan plan) {
    boolean holdsOut = plan().rows(Part.VALIDATION) > 0;
    FitCheck.check(plan.network(), plan.loss(), plan.rule(), holdsOut, plan.options());
    for (double label : List.of(plan().leastLabel(), plan().greatestLabel())) {
      FitCheck.label(plan.loss(), label);
    }
    if (plan().form().sparse()) {
      SparseInput.check(plan.network());
    }
    return Fit.check(plan.network(), plan.rule(), plan().sizes(Part.TRAIN), plan.options());
  }

  @Override
  public @Nullable Guess guess(FitPlan plan) throws IOException {
    return plan().labelMeans().length > 0
        ? TableGuess.ofNumbers(table, plan)
        : TableGuess.ofClasses(plan(), plan);
  }

  @Override
  public WorkerData ready() throws IOException {
    table.materialise();
    return new Own(table.worker(), memory);
  }

  @Override
  public @Nullable FitData dealtFor(RunConfig config) {
    return config.shards() == plan().shards() ? this : null;
  }

  @Override
  public void lost(String executor) {
    table.forget(executor);
  }

  /** Every worker spools its own shards; they are compared with the plan as they are written. */
  private record Own(WorkerShards shards, long memory) implements WorkerData {
    @Override
    public FitSamples open(GangContext gang, RunConfig config) throws IOException {
      WorkerShards.Opened train = open(Part.TRAIN, gang, config);
      try {
        WorkerShards.Opened validation = open(Part.VALIDATION, gang, config);
        try {
          WorkerShards.Opened test = open(Part.TEST, gang, config);
          long bytes = train.bytes() + validation.bytes() + test.bytes();
          return new FitSamples(train, validation, test, bytes);
        } catch (IOException | RuntimeException e) {
          validation.close();
          throw e;
        }
      } catch (IOException | RuntimeException e) {
        train.close();
        throw e;
      }
    }

    private WorkerShards.Opened open(Part part, GangContext gang, RunConfig config)
        throws IOException {
      int all = shards.plan().shards();
      return shards.open(
          part,
          Shards.firstShard(gang.rank(), gang.size(), all),
          Shards.firstShard(gang.rank() + 1, gang.size(), all),
          TaskContext.get(),
          config.train().seed(),
          memory);
    }
  }
}
