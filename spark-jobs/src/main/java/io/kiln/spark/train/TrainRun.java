package io.kiln.spark.train;

import io.kiln.nn.io.CheckpointStore;
import io.kiln.nn.io.LocalStorage;
import io.kiln.nn.layer.Network;
import io.kiln.nn.layer.Summary;
import io.kiln.nn.loss.Losses;
import io.kiln.nn.model.ModelFolder;
import io.kiln.nn.train.Answers;
import io.kiln.nn.train.EpochRecord;
import io.kiln.nn.train.FitResult;
import io.kiln.nn.train.Timing;
import io.kiln.nn.zoo.Models;
import io.kiln.spark.config.RunConfig;
import io.kiln.spark.fit.DataFacts;
import io.kiln.spark.fit.FitData;
import io.kiln.spark.fit.FitOutcome;
import io.kiln.spark.fit.FitPlan;
import io.kiln.spark.fit.FitRunner;
import io.kiln.spark.fit.Keep;
import io.kiln.spark.fit.Patience;
import io.kiln.spark.job.Failures;
import io.kiln.spark.mlflow.Tracking;
import io.kiln.spark.report.Progress;
import io.kiln.spark.report.RunFolder;
import io.kiln.spark.report.RunReport;
import io.kiln.spark.report.StepSeries;
import io.kiln.spark.store.HadoopStorage;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
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
   * @param root folder of data sets, in full; the driver's own folder if none was named
   * @param threads of each worker; 0 for the cores of its task
   * @param cores of each worker's task; 0 for as many of its executor as can be had
   */
  public record Prepared(RunConfig config, FitData data, String root, int threads, int cores) {}

  /**
   * Reads data and builds networks once, to find mistakes early.
   *
   * @param dataRoot folder of data sets as the user typed it, or null
   * @param runtime the application, which starts if a table is to be read
   */
  public record Preparing(@Nullable String dataRoot, SparkRuntime runtime, HadoopStorage storage) {
    /**
     * A configuration and its data.
     *
     * @throws io.kiln.nn.config.ConfigException if a setting cannot be used
     * @throws IOException if the data cannot be read
     */
    public Prepared of(RunConfig config) throws IOException {
      String root = runtime.places().dataRoot(dataRoot);
      FitData data = data(config);
      check(config, data, root, storage);
      SparkRuntime.Share share = runtime.share(config);
      return new Prepared(
          pinned(config, root, storage), data, root, share.threads(), share.cores());
    }

    /** The data of a configuration. A table is read by Spark, which starts for it. */
    public FitData data(RunConfig config) throws IOException {
      String root = runtime.places().dataRoot(dataRoot);
      return FitData.of(config, root, storage, runtime.oneJvm(), runtime::session);
    }
  }

  /** Builds network, loss and optimizer of a configuration, to find its mistakes. */
  public static void check(RunConfig config, FitData data, String root, HadoopStorage storage)
      throws IOException {
    data.check(FitPlan.of(config, data.facts().spec(), 1, storage, root));
  }

  /** Whether accuracy is a metric of a configuration; not so in a regression. */
  public static boolean classifies(RunConfig config, FitData data) {
    return Answers.classify(data.facts().spec(), Losses.of(config.lossSettings()));
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
  public static double flops(RunConfig config, FitData data, String root, HadoopStorage storage)
      throws IOException {
    FitPlan plan = FitPlan.of(config, data.facts().spec(), 1, storage, root);
    data.check(plan);
    Summary.Row sample = plan.network().summary().totals();
    double perSample = (double) sample.forwardFlops() + sample.backwardFlops();
    return perSample * data.facts().train() * config.train().epochs();
  }

  /** Takes a run folder of that name, or of a sibling's if it is not free, and trains. */
  public RunReport inNewFolder(@Nullable String path) throws Exception {
    RunConfig config = prepared.config;
    prepared.data.ready(); // what cannot be read leaves no folder behind
    try (RunFolder folder =
        RunFolder.create(
            storage,
            path,
            config.name(),
            config.resolved(),
            RunRecorder.environment(config.cluster().workers().least(), List.of()))) {
      return in(folder, Resumption.NONE);
    }
  }

  /** Where to go on in a folder; from the beginning if there is no usable checkpoint. */
  private Resumption newest(RunFolder folder) throws IOException {
    CheckpointStore store = checkpoints(storage, folder, prepared.config);
    return store.newestHead().head().isEmpty()
        ? Resumption.NONE
        : Resumption.of(store, prepared, folder.path());
  }

  /**
   * Trains into a run folder, whose report it keeps up to date to the end.
   *
   * @param from checkpoint to go on from, with an empty path to begin anew
   */
  RunReport in(RunFolder folder, Resumption from) throws Exception {
    RunConfig config = prepared.config;
    RunRecorder recorder = new RunRecorder(folder);
    folder.update(folder.report().change().config(config.resolved()).report());
    Tracking.follow(folder, config, storage);
    out.println("run folder: " + folder.path());
    Progress progress = Progress.ofTerminal();
    try (TrainAttempts attempts =
        new TrainAttempts(
            spark, prepared, storage, folder.path(CHECKPOINTS), keep(folder), recorder, progress)) {
      DataFacts facts = prepared.data.facts();
      FitPlan plan = FitPlan.of(config, facts.spec(), 1, storage, prepared.root);
      Network network = plan.network();
      recorder.describe(facts, network, prepared.data.guess(plan));
      recorder.resumed(config.resolved(), from.changes());
      progress.begin(
          config.train().epochs(),
          folder.report().history().size(),
          prepared.data.check(plan).steps(),
          facts.train());
      FitOutcome outcome = attempts.run(from.path());
      recorder.history(outcome.result().history());
      if (outcome.result().ending() == FitResult.Ending.INTERRUPTED) {
        recorder.stopped(FitRunner.STOPPED);
        Ending.print(folder, out);
        return folder.report();
      }
      Patience.DEFAULT.call(
          "writing the result",
          () -> {
            bring(folder, network, outcome);
            recorder.answers(outcome.answers(), facts);
            recorder.succeeded(
                tested(folder, outcome),
                outcome,
                attempts.firstReadySeconds(start),
                (System.nanoTime() - start) / 1e9);
            return folder.report();
          });
      Ending.print(folder, out);
      return folder.report();
    } catch (Exception e) {
      recorder.failed(Failures.of(e).line());
      throw e;
    } finally {
      progress.end();
    }
  }

  /** The test, with the BLEU of captions where the run writes such. */
  private RunReport.@Nullable Test tested(RunFolder folder, FitOutcome outcome) throws IOException {
    RunReport.Test test = RunRecorder.reported(outcome.test());
    return test == null
        ? null
        : test.withBleu(
            Captioning.test(
                spark,
                storage,
                prepared.config,
                prepared.data.facts().fitted(),
                prepared.root,
                folder.path(MODEL)));
  }

  /** The checkpoints of a run. */
  static CheckpointStore checkpoints(HadoopStorage storage, RunFolder folder, RunConfig config) {
    return new CheckpointStore(storage, folder.path(CHECKPOINTS), config.train().keepCheckpoints());
  }

  /**
   * Rank 0 writes the model where all machines see the folder, as checkpoints need anyway; without
   * checkpoints it may be one that only the driver sees.
   */
  private Keep keep(RunFolder folder) {
    return prepared.config.train().checkpointEvery().count() > 0
        ? new Keep.Folder(folder.path(MODEL))
        : new Keep.AtDriver();
  }

  /** Writes the model, if its values came to the driver. */
  private void bring(RunFolder folder, Network network, FitOutcome outcome) throws IOException {
    Path weights = outcome.weights();
    if (weights == null) {
      return;
    }
    ModelFolder.fill(network, new LocalStorage(), weights.toString());
    Map<String, Object> data = new LinkedHashMap<>(prepared.config.data());
    data.putAll(prepared.data.facts().fitted());
    storage.delete(folder.path(MODEL)); // of a run that was finished and is resumed
    ModelFolder.write(
        storage,
        folder.path(MODEL),
        network,
        prepared.config.model(),
        prepared.config.loss(),
        data);
    Files.deleteIfExists(weights);
  }

  /**
   * Trains to its end what a folder holds: nothing more if it is done, from its newest checkpoint
   * if it is not. Of another configuration or other data, or of none, it is left and a new one
   * taken.
   */
  public RunReport to(String path) throws Exception {
    if (!RunFolder.exists(storage, path)
        || !TrainJob.same(RunFolder.read(storage, path), prepared)) {
      return inNewFolder(path);
    }
    try (RunFolder folder = RunFolder.resume(storage, path)) {
      return folder.report().status() == RunReport.Status.SUCCEEDED
          ? folder.report()
          : in(folder, newest(folder));
    }
  }

  /** Data as the report has them. */
  public static RunReport.Data described(DataFacts data) {
    List<String> names = data.spec().classNames();
    List<String> notes = new ArrayList<>(data.notes());
    notes.add("data.placement is " + label(data.placement()) + ": " + data.why());
    return new RunReport.Data(
        data.train(),
        data.validation(),
        data.test(),
        data.fingerprint(),
        names.isEmpty() ? null : names,
        notes,
        label(data.placement()),
        null);
  }

  private static String label(DataFacts.Placement placement) {
    return placement.name().toLowerCase(Locale.ROOT);
  }

  /** Writes the run folder of a trial that was trained elsewhere, without test or model. */
  public static void writeTrial(
      HadoopStorage storage,
      String path,
      RunConfig config,
      RunReport.Data data,
      int workers,
      List<RunReport.Executor> machines,
      FitResult result,
      @Nullable StepSeries steps)
      throws IOException {
    String started =
        DateTimeFormatter.ISO_INSTANT.format(Instant.now().truncatedTo(ChronoUnit.SECONDS));
    var change =
        RunReport.begun(
                config.name(),
                path.substring(path.lastIndexOf('/') + 1),
                started,
                config.resolved(),
                RunRecorder.environment(workers, machines))
            .change()
            .data(data);
    for (EpochRecord epoch : result.history()) {
      change = change.epoch(RunRecorder.reported(epoch));
    }
    if (steps != null) {
      change = change.steps(steps, null);
    }
    Timing timing = result.timing();
    RunFolder.place(
        storage,
        path,
        change
            .timing(RunRecorder.reported(timing, 0, timing.total(), List.of()))
            .savedEpoch(result.bestEpoch())
            .succeeded()
            .report());
  }
}
