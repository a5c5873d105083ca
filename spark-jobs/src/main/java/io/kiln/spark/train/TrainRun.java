package io.kiln.spark.train;

import io.kiln.nn.data.Splits;
import io.kiln.nn.io.CheckpointStore;
import io.kiln.nn.io.Digests;
import io.kiln.nn.layer.Losses;
import io.kiln.nn.layer.Network;
import io.kiln.nn.layer.Summary;
import io.kiln.nn.tensor.Tensor;
import io.kiln.nn.train.Answers;
import io.kiln.nn.train.Baseline;
import io.kiln.nn.train.EpochRecord;
import io.kiln.nn.train.FitResult;
import io.kiln.nn.train.Timing;
import io.kiln.nn.zoo.Models;
import io.kiln.spark.config.RunConfig;
import io.kiln.spark.job.Failures;
import io.kiln.spark.report.Progress;
import io.kiln.spark.report.RunFolder;
import io.kiln.spark.report.RunReport;
import io.kiln.spark.store.HadoopStorage;
import java.io.IOException;
import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.api.java.JavaSparkContext;
import org.jspecify.annotations.Nullable;

/**
 * One run on a running Spark: the gang trains, the report is kept up to date, what rank 0 brings
 * home is written.
 */
public final class TrainRun {
  private static final String CHECKPOINTS = "checkpoints";
  private static final String MODEL = "model";

  private final JavaSparkContext spark;
  private final Prepared prepared;
  private final HadoopStorage storage;
  private final PrintStream out;
  private final long start = System.nanoTime();

  /** A run that has not begun. */
  public TrainRun(
      JavaSparkContext spark, Prepared prepared, HadoopStorage storage, PrintStream out) {
    this.spark = spark;
    this.prepared = prepared;
    this.storage = storage;
    this.out = out;
  }

  /**
   * A configuration that fits its data.
   *
   * @param config with the SHA-256 of its pretrained weights, if there are any
   * @param root folder of data sets, "." if none was named
   * @param threads of each worker
   */
  public record Prepared(RunConfig config, Splits data, String root, int threads) {}

  /**
   * Reads the data and builds the network once, to find mistakes early.
   *
   * @throws io.kiln.nn.config.ConfigException if a setting cannot be used
   * @throws IOException if the data cannot be read
   */
  public static Prepared prepare(
      RunConfig config, @Nullable String dataRoot, SparkRuntime runtime, HadoopStorage storage)
      throws IOException {
    String root = dataRoot == null ? "." : dataRoot;
    Splits data = DataCache.get(config.data(), root, storage);
    check(config, data, root, storage);
    int threads = runtime.threads(config.cluster().threads(), config.cluster().workers());
    return new Prepared(pinned(config, root, storage), data, root, threads);
  }

  /** Builds network, loss and optimizer of a configuration, to find its mistakes. */
  public static void check(RunConfig config, Splits data, String root, HadoopStorage storage)
      throws IOException {
    FitPlan.of(config, data, 1, storage, root);
  }

  /** Whether accuracy is a metric of a configuration; not so in a regression. */
  public static boolean classifies(RunConfig config, Splits data) {
    return Answers.classify(data.train().spec(), Losses.of(config.lossSettings()));
  }

  /** The configuration with the SHA-256 of its pretrained weights: all workers read the same. */
  private static RunConfig pinned(RunConfig config, String root, HadoopStorage storage)
      throws IOException {
    Optional<String> sha256 = Models.sha256(config.modelSettings(), storage, root);
    return sha256.isEmpty() ? config : config.with(Map.of("model.weights.sha256", sha256.get()));
  }

  /**
   * Checks a configuration likewise, and estimates what it costs.
   *
   * @return floating-point operations of all steps
   */
  public static double flops(RunConfig config, Splits data, String root, HadoopStorage storage)
      throws IOException {
    FitPlan plan = FitPlan.of(config, data, 1, storage, root);
    Summary.Row sample = plan.network().summary().totals();
    double perSample = (double) sample.forwardFlops() + sample.backwardFlops();
    return perSample * data.train().size() * config.train().epochs();
  }

  /** Takes a run folder of that name, or of a sibling's if it is not free, and trains. */
  public RunReport inNewFolder(@Nullable String path) throws Exception {
    RunConfig config = prepared.config;
    try (RunFolder folder =
        RunFolder.create(
            storage,
            path,
            config.name(),
            config.resolved(),
            RunRecorder.environment(config.cluster().workers(), List.of()))) {
      return in(folder, "");
    }
  }

  /**
   * Trains into a run folder, whose report it keeps up to date to the end.
   *
   * @param from checkpoint to go on from, empty to begin anew
   */
  RunReport in(RunFolder folder, String from) throws Exception {
    RunConfig config = prepared.config;
    RunRecorder recorder = new RunRecorder(folder, config.cluster().workers());
    out.println("run folder: " + folder.path());
    Progress progress = Progress.ofTerminal();
    try (TrainAttempts attempts =
        new TrainAttempts(spark, prepared, storage, folder.path(CHECKPOINTS), recorder, progress)) {
      FitPlan plan = FitPlan.of(config, prepared.data, prepared.threads, storage, prepared.root);
      Network network = plan.network();
      recorder.describe(
          prepared.data, network, Baseline.of(network, plan.loss(), prepared.data.train()));
      int perEpoch =
          (prepared.data.train().size() + config.train().batchSize() - 1)
              / config.train().batchSize();
      progress.begin(
          config.train().epochs(),
          folder.report().history().size(),
          perEpoch,
          prepared.data.train().size());
      Outcome outcome = attempts.run(from, checkpoints(storage, folder, config));
      if (outcome.result().ending() == FitResult.Ending.INTERRUPTED) {
        recorder.failed("stopped on request; go on with --resume");
        return folder.report();
      }
      write(folder, network, outcome);
      recorder.succeeded(
          outcome.test(),
          outcome.result(),
          attempts.firstReadySeconds(start),
          (System.nanoTime() - start) / 1e9,
          Digests.sha256(network.params().values()));
      return folder.report();
    } catch (Exception e) {
      recorder.failed(Failures.of(e).line());
      throw e;
    } finally {
      progress.end();
    }
  }

  /** The checkpoints of a run. */
  static CheckpointStore checkpoints(HadoopStorage storage, RunFolder folder, RunConfig config) {
    return new CheckpointStore(storage, folder.path(CHECKPOINTS), config.train().keepCheckpoints());
  }

  private void write(RunFolder folder, Network network, Outcome outcome) throws IOException {
    Tensor values = outcome.values();
    if (values == null) {
      throw new IllegalStateException("train: rank 0 brought no weights home");
    }
    network.params().values().copyFrom(values);
    Map<String, Object> data = new LinkedHashMap<>(prepared.config.data());
    data.putAll(prepared.data.fitted());
    storage.delete(folder.path(MODEL)); // of a run that was finished and is resumed
    ModelFolder.write(
        storage,
        folder.path(MODEL),
        network,
        prepared.config.model(),
        prepared.config.loss(),
        data);
  }

  /** Writes the run folder of a trial that was trained elsewhere, without test or model. */
  public static RunReport writeTrial(
      HadoopStorage storage,
      String path,
      RunConfig config,
      RunReport.Executor machine,
      List<EpochRecord> history,
      Timing timing)
      throws IOException {
    try (RunFolder folder =
        RunFolder.create(
            storage,
            path,
            config.name(),
            config.resolved(),
            RunRecorder.environment(1, List.of(machine)))) {
      var change = folder.report().change();
      for (EpochRecord epoch : history) {
        change = change.epoch(RunRecorder.reported(epoch));
      }
      folder.write(
          change.timing(RunRecorder.reported(timing, 0, timing.total())).succeeded().report());
      return folder.report();
    }
  }
}
