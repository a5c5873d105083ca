package io.kiln.spark.ml;

import io.kiln.nn.io.LocalStorage;
import io.kiln.nn.io.Storage;
import io.kiln.nn.layer.Network;
import io.kiln.nn.model.ModelFolder;
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
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
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
        scorer(plan.network(), data),
        outcome.result(),
        data.facts().train(),
        data.facts().validation());
  }

  private FitOutcome outcome(
      JavaSparkContext spark, HadoopStorage storage, RunConfig pinned, TableData data, FitPlan plan)
      throws IOException {
    String root = root(spark);
    int slot = Math.max(1, spark.getConf().getInt("spark.task.cpus", 1));
    int threads = config.cluster().threads() > 0 ? config.cluster().threads() : slot;
    FitSpec spec = FitSpec.of(pinned, data, root).on(pinned.cluster().workers(), threads, slot);
    if (outputDir.isEmpty()) {
      FitOutcome outcome = new FitRunner(spark, storage).run(spec, new FitEvents() {});
      Path weights = Objects.requireNonNull(outcome.weights(), "weights of rank 0");
      try {
        ModelFolder.fill(plan.network(), new LocalStorage(), weights.toString());
      } finally {
        Files.deleteIfExists(weights);
      }
      return outcome;
    }
    String folder = Places.of(spark.getConf()).resolved("outputDir", outputDir);
    return RecordedFit.run(spark, storage, spec, plan, folder);
  }

  private static String root(JavaSparkContext spark) {
    return Places.of(spark.getConf()).dataRoot(null);
  }

  /** All workers read the same pretrained weights. */
  private RunConfig pinned(Storage storage, String root) throws IOException {
    Optional<String> sha256 = Models.sha256(config.modelSettings(), storage, root);
    return sha256.isEmpty() ? config : config.with(Map.of("model.weights.sha256", sha256.get()));
  }

  private BatchScorer scorer(Network network, TableData data) throws IOException {
    Map<String, Object> section = new LinkedHashMap<>(config.data());
    section.putAll(data.facts().fitted());
    Map<String, Object> model = new LinkedHashMap<>(config.model());
    return BatchScorer.of(network, model, config.loss(), section);
  }
}
