package io.kiln.spark.sweep;

import io.kiln.nn.io.CheckpointHead;
import io.kiln.nn.io.CheckpointStore;
import io.kiln.nn.train.EpochRecord;
import io.kiln.nn.train.FitResult;
import io.kiln.spark.config.RunConfig;
import io.kiln.spark.config.SweepConfig;
import io.kiln.spark.config.Workers;
import io.kiln.spark.fit.FitData;
import io.kiln.spark.fit.FitSpec;
import io.kiln.spark.fit.Keep;
import io.kiln.spark.report.RunFolder;
import io.kiln.spark.report.RunReport;
import io.kiln.spark.report.StepSeries;
import io.kiln.spark.report.SweepFolder;
import io.kiln.spark.search.Suggestion;
import io.kiln.spark.store.HadoopStorage;
import io.kiln.spark.train.TrainRun;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the fits of trials are, and what is left of them: a run folder each, without test. Rungs are
 * saved under {@code checkpoints/}, from where a trial goes on bit by bit; of a trial that is over
 * no checkpoint stays.
 *
 * @param config of the sweep
 * @param root folder of data sets
 * @param cores of a worker
 */
record TrialFits(
    RunConfig config,
    SweepConfig sweep,
    HadoopStorage storage,
    String root,
    TrialData data,
    SweepFolder folder,
    int cores) {
  /** Fits that take less are not saved on their way. */
  private static final double SAVED_SECONDS = 5;

  private static final String HASH = "config_hash";
  private static final String FINGERPRINT = "data_fingerprint";

  /** What one of them trains. */
  record Fit(Part part, RunConfig run, FitData own, FitSpec spec) {}

  /** The configuration of a trial, by as many workers as a fit of it has. */
  static RunConfig trial(RunConfig config, SweepConfig sweep, Map<String, Object> values) {
    RunConfig alone = config.with(values).alone().withoutSweep();
    return sweep.workers() == 1
        ? alone
        : alone.with(
            Map.of("cluster.workers", sweep.workers(), "cluster.virtual-shards", alone.shards()));
  }

  /** The configuration of a part of a trial. */
  private RunConfig configOf(Part part, Map<String, Object> values) {
    RunConfig trial = trial(config, sweep, values);
    return part.fold() < 0 ? trial : trial.with(Folds.section(part.fold(), sweep.folds()));
  }

  /**
   * A fit from where it stands.
   *
   * @param seconds it takes, about: what is sooner trained again than saved is not saved, unless it
   *     is to go on later
   * @throws io.kiln.nn.config.ConfigException if the values cannot be used
   */
  Fit fit(Part part, Map<String, Object> values, double seconds) throws IOException {
    RunConfig run = configOf(part, values);
    FitData own = data.of(run);
    TrainRun.check(run, own, root, storage);
    Keep keep =
        sweep.ensemble() > 0 && part.fold() < 0
            ? new Keep.Folder(Together.model(folder, Part.id(part.trial())))
            : new Keep.Nothing();
    FitSpec spec =
        FitSpec.of(run, own, root)
            .on(new Workers(sweep.workers(), sweep.workers()), cores, cores)
            .keeping(keep)
            .until(Math.min(part.until(), run.train().epochs()));
    boolean worth = part.until() != Suggestion.WHOLE || seconds >= SAVED_SECONDS || isBegun(part);
    if (worth && run.train().checkpointEvery().count() > 0) {
      Map<String, String> described =
          Map.of(HASH, run.hash(), FINGERPRINT, own.facts().fingerprint());
      spec = spec.saved(checkpoints(part), newest(part, described), described);
    }
    return new Fit(part, run, own, spec);
  }

  private boolean isBegun(Part part) throws IOException {
    try {
      return !storage.list(checkpoints(part)).isEmpty();
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  private String checkpoints(Part part) {
    return folder.path("checkpoints/" + part.path());
  }

  /** The newest checkpoint of it; empty if there is none of this configuration and these data. */
  private String newest(Part part, Map<String, String> described) throws IOException {
    CheckpointStore.FoundHead found =
        new CheckpointStore(storage, checkpoints(part), 1).newestHead();
    Map<String, String> its = found.head().map(CheckpointHead::metadata).orElse(Map.of());
    return its.entrySet().containsAll(described.entrySet()) ? found.path() : "";
  }

  /**
   * Writes what is left of a fit.
   *
   * @param since how its steps went since it began or went on; null if nothing was told
   * @param machines that trained it
   * @param start when it got its slot, in seconds from the start of the sweep
   */
  PartEnd ended(
      Fit fit,
      FitResult result,
      @Nullable StepSeries since,
      List<RunReport.Executor> machines,
      String executor,
      double seconds,
      double start)
      throws IOException {
    String path = folder.path("trials/" + fit.part().path());
    boolean wentOn = !fit.spec().from().isEmpty();
    TrainRun.writeTrial(
        storage,
        path,
        fit.run(),
        TrainRun.described(fit.own().facts()),
        sweep.workers(),
        machines,
        result,
        since == null || !wentOn ? since : since.after(stepsOf(path)));
    boolean over = result.ending() != FitResult.Ending.PAUSED;
    if (over) {
      forget(fit.part());
    }
    List<Double> curve = new ArrayList<>();
    EpochRecord counts = null;
    for (EpochRecord epoch : result.history()) {
      double value = metric(epoch);
      curve.add(value);
      boolean better =
          counts == null
              || Double.isNaN(metric(counts))
              || (sweep.greaterIsBetter() ? value > metric(counts) : value < metric(counts));
      if (sweep.at() == SweepConfig.At.BEST ? better : epoch.epoch() == result.bestEpoch()) {
        counts = epoch;
      }
    }
    if (!over && sweep.at() == SweepConfig.At.END && !result.history().isEmpty()) {
      counts = result.history().get(result.history().size() - 1);
    }
    return new PartEnd(
        fit.part(),
        result.history().size(),
        counts == null ? null : finite(metric(counts)),
        counts == null ? null : finite(counts.validationAccuracy()),
        counts == null ? null : finite(counts.validationLoss()),
        curve,
        over,
        seconds,
        start,
        executor,
        null);
  }

  /** The steps of an earlier rung; null if they are not known. */
  private @Nullable StepSeries stepsOf(String path) {
    try {
      return RunFolder.read(storage, path).steps();
    } catch (IOException e) {
      return null;
    }
  }

  /** Removes the checkpoints of a fit. */
  void forget(Part part) throws IOException {
    storage.delete(checkpoints(part));
  }

  /** What trials are ranked by, after an epoch. */
  double metric(EpochRecord epoch) {
    return switch (sweep.metric()) {
      case "validation.loss" -> epoch.validationLoss();
      case "train.loss" -> epoch.trainLoss();
      case "train.accuracy" -> epoch.trainAccuracy();
      default -> epoch.validationAccuracy();
    };
  }

  private static @Nullable Double finite(double value) {
    return Double.isFinite(value) ? value : null;
  }

  /** The values without those about data: what is estimated of a trial before its data are read. */
  static Map<String, Object> withoutData(Map<String, Object> values) {
    Map<String, Object> others = new LinkedHashMap<>(values);
    others.keySet().removeIf(key -> key.equals("data") || key.startsWith("data."));
    return others;
  }
}
