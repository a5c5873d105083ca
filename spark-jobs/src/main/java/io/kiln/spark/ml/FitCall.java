package io.kiln.spark.ml;

import io.kiln.nn.io.Storage;
import io.kiln.nn.layer.Network;
import io.kiln.nn.tensor.Tensor;
import io.kiln.nn.train.FitResult;
import io.kiln.nn.zoo.Models;
import io.kiln.spark.config.RunConfig;
import io.kiln.spark.fit.FitEvents;
import io.kiln.spark.fit.FitOutcome;
import io.kiln.spark.fit.FitPlan;
import io.kiln.spark.fit.FitRunner;
import io.kiln.spark.fit.FitSpec;
import io.kiln.spark.fit.TableData;
import io.kiln.spark.place.Places;
import io.kiln.spark.score.BatchScorer;
import io.kiln.spark.shards.ShardedTable;
import io.kiln.spark.shards.TableOptions;
import io.kiln.spark.shards.TableSource;
import io.kiln.spark.store.HadoopStorage;
import io.kiln.spark.train.RecordedFit;
import io.kiln.spark.train.TrainRun;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.SparkSession;

/**
 * One fit: the one place where this package meets the runner.
 *
 * @param config what is trained
 * @param options which columns are what
 * @param memory bytes of a worker's rows that are read in any order
 * @param outputDir folder for report and checkpoints, or empty
 */
record FitCall(RunConfig config, TableOptions options, long memory, String outputDir) {
  /**
   * What came of it.
   *
   * @param scorer the trained network
   * @param result how the fit ended, with the history of its epochs
   * @param trainRows rows that were learnt from
   * @param validationRows rows that it was judged by
   */
  record Trained(BatchScorer scorer, FitResult result, long trainRows, long validationRows) {}

  /** Trains on the rows, in the application they belong to. */
  Trained run(Dataset<?> rows) {
    try {
      return trained(rows);
    } catch (IOException e) {
      throw new UncheckedIOException(e.getMessage(), e);
    }
  }

  private Trained trained(Dataset<?> rows) throws IOException {
    SparkSession session = rows.sparkSession();
    JavaSparkContext spark = JavaSparkContext.fromSparkContext(session.sparkContext());
    HadoopStorage storage = new HadoopStorage(spark.hadoopConfiguration());
    String root = root(spark);
    TableSource source = TableSource.of(rows.toDF(), options);
    TableData data = new TableData(ShardedTable.of(session, source, config.shards()), memory);
    FitPlan plan = FitPlan.of(config, data.facts().spec(), 1, storage, root);
    data.check(plan);
    FitOutcome outcome = outcome(spark, storage, pinned(storage, root), data, plan);
    return new Trained(
        scorer(plan.network(), outcome, data),
        outcome.result(),
        data.facts().train(),
        data.facts().validation());
  }

  private FitOutcome outcome(
      JavaSparkContext spark, HadoopStorage storage, RunConfig pinned, TableData data, FitPlan plan)
      throws IOException {
    String root = root(spark);
    int threads = threads(spark);
    if (outputDir.isEmpty()) {
      FitSpec spec = new FitSpec(pinned, data, root, threads, nowhere(), "", Map.of());
      return new FitRunner(spark, storage).run(spec, new FitEvents() {});
    }
    String folder = Places.of(spark.getConf()).resolved("outputDir", outputDir);
    TrainRun.Prepared prepared = new TrainRun.Prepared(pinned, data, root, threads);
    return RecordedFit.run(spark, storage, prepared, plan, folder);
  }

  private static String root(JavaSparkContext spark) {
    return Places.of(spark.getConf()).dataRoot(null);
  }

  /** All workers read the same pretrained weights. */
  private RunConfig pinned(Storage storage, String root) throws IOException {
    Optional<String> sha256 = Models.sha256(config.modelSettings(), storage, root);
    return sha256.isEmpty() ? config : config.with(Map.of("model.weights.sha256", sha256.get()));
  }

  private int threads(JavaSparkContext spark) {
    int threads = config.cluster().threads();
    return threads > 0 ? threads : spark.getConf().getInt("spark.task.cpus", 1);
  }

  /** A folder that is not there and never will be, if nothing is to be written. */
  private static String nowhere() {
    return new File(System.getProperty("java.io.tmpdir"), "kiln-none-" + UUID.randomUUID())
        .getAbsolutePath();
  }

  private BatchScorer scorer(Network network, FitOutcome outcome, TableData data)
      throws IOException {
    Tensor values = outcome.values();
    if (values == null) {
      throw new IllegalStateException("fit: rank 0 brought no weights home");
    }
    network.params().values().copyFrom(values);
    Map<String, Object> section = new LinkedHashMap<>(config.data());
    section.putAll(data.facts().fitted());
    Map<String, Object> model = new LinkedHashMap<>(config.model());
    return BatchScorer.of(network, model, config.loss(), section);
  }
}
