package io.kiln.spark.sweep;

import io.kiln.spark.config.Metrics;
import io.kiln.spark.report.RunReport;
import io.kiln.spark.report.SweepFolder;
import io.kiln.spark.report.SweepReport;
import io.kiln.spark.report.SweepReport.Trial;
import io.kiln.spark.report.SweepReport.TrialStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Keeps the report of a sweep as trials begin and end. Thread-safe. */
final class TrialBook {
  private final SweepFolder folder;
  private final long start;
  private final List<Trial> trials;
  private boolean stopped;

  TrialBook(SweepFolder folder, List<Trial> trials, long start) {
    this.folder = folder;
    this.trials = new ArrayList<>(trials);
    this.start = start;
  }

  /** A trial that has not begun. */
  static Trial pending(String id, Map<String, Object> params) {
    return new Trial(id, params, TrialStatus.PENDING, 0, null, null, 0, null, null, null, null);
  }

  synchronized Trial trial(int i) {
    return trials.get(i);
  }

  synchronized int done() {
    return (int) trials.stream().filter(t -> t.status().compareTo(TrialStatus.RUNNING) > 0).count();
  }

  synchronized void begins(int i) {
    Trial was = trials.get(i);
    set(
        i,
        new Trial(
            was.id(),
            was.params(),
            TrialStatus.RUNNING,
            0,
            null,
            null,
            0,
            null,
            secondsSinceStart(),
            null,
            null));
  }

  synchronized void failed(int i, String why) {
    Trial was = trials.get(i);
    Double began = was.start();
    double seconds = began == null ? 0 : secondsSinceStart() - began;
    set(
        i,
        new Trial(
            was.id(),
            was.params(),
            TrialStatus.FAILED,
            0,
            null,
            null,
            seconds,
            null,
            began,
            null,
            why));
  }

  /**
   * A trial went well.
   *
   * @param kept the epoch whose weights it ended with: what the trial is judged by
   */
  synchronized Trial succeeded(int i, RunReport run, int kept, String executor, double seconds) {
    Trial was = trials.get(i);
    List<Double> curve = new ArrayList<>();
    RunReport.@Nullable Epoch last = null;
    for (RunReport.Epoch epoch : run.history()) {
      Double value = metric(epoch);
      curve.add(value == null ? Double.NaN : value);
      last = epoch.epoch() == kept ? epoch : last;
    }
    Trial ended =
        new Trial(
            was.id(),
            was.params(),
            TrialStatus.SUCCEEDED,
            run.history().size(),
            last == null ? null : last.validationAccuracy(),
            last == null ? null : last.validationLoss(),
            seconds,
            executor,
            Math.max(0, secondsSinceStart() - seconds),
            curve,
            null);
    set(i, ended);
    return ended;
  }

  private @Nullable Double metric(RunReport.Epoch epoch) {
    return switch (folder.report().metric()) {
      case "validation.loss" -> epoch.validationLoss();
      default -> epoch.validationAccuracy();
    };
  }

  private boolean isBetter(@Nullable Double a, @Nullable Double b) {
    if (a == null || b == null) {
      return a != null;
    }
    return Metrics.greaterIsBetter(folder.report().metric()) ? a > b : a < b;
  }

  /** The metric of the weights a trial ended with, or null if it has none. */
  private @Nullable Double score(Trial trial) {
    if (trial.status() != TrialStatus.SUCCEEDED) {
      return null;
    }
    Double value =
        folder.report().metric().equals("validation.loss")
            ? trial.validationLoss()
            : trial.validationAccuracy();
    return value == null || value.isNaN() ? null : value;
  }

  /** The best trial so far, the first of equals; null if none has a metric. */
  synchronized @Nullable Trial best() {
    Trial best = null;
    for (Trial trial : trials) {
      Double score = score(trial);
      if (score != null && (best == null || isBetter(score, score(best)))) {
        best = trial;
      }
    }
    return best;
  }

  /**
   * The sweep was told to end: trials that run are to be trained again, and what their end throws
   * after that is no news.
   */
  synchronized void stop() {
    for (int i = 0; i < trials.size(); i++) {
      Trial was = trials.get(i);
      if (was.status() == TrialStatus.RUNNING) {
        trials.set(i, pending(was.id(), was.params()));
      }
    }
    write(RunReport.Status.FAILED, "stopped on request; go on with --resume", null, null);
    stopped = true;
  }

  private double secondsSinceStart() {
    return (System.nanoTime() - start) / 1e9;
  }

  private void set(int i, Trial trial) {
    if (stopped) {
      return;
    }
    trials.set(i, trial);
    write(RunReport.Status.RUNNING, null, null, null);
  }

  /** Writes all that is known. */
  synchronized void write(
      RunReport.Status status,
      @Nullable String error,
      RunReport.@Nullable Test test,
      @Nullable Double utilization) {
    if (stopped) {
      return;
    }
    SweepReport was = folder.report();
    Trial best = best();
    folder.update(
        new SweepReport(
            status,
            was.name(),
            was.started(),
            error,
            was.config(),
            was.metric(),
            trials,
            best == null ? null : new SweepReport.Best(best.id(), best.params()),
            test,
            utilization,
            secondsSinceStart()));
  }
}
