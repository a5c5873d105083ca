package io.kiln.spark.sweep;

import io.kiln.spark.config.SweepConfig;
import io.kiln.spark.report.SweepReport;
import io.kiln.spark.report.SweepReport.Trial;
import io.kiln.spark.report.SweepReport.TrialStatus;
import io.kiln.spark.search.Suggestion;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/** One trial, from its first suggestion on: of each of its fits how it ended last. */
final class TrialState {
  private final @Nullable PartEnd[] ends;
  private final List<SweepReport.Rung> rungs = new ArrayList<>();
  private @Nullable Suggestion now;
  private @Nullable Double start;
  private @Nullable Double firstStart;
  private TrialStatus status = TrialStatus.PENDING;
  private int open;
  private long epochs;
  private double seconds;

  /**
   * A trial that is not suggested yet.
   *
   * @param fits it has
   */
  TrialState(int fits) {
    ends = new @Nullable PartEnd[fits];
  }

  TrialStatus status() {
    return status;
  }

  Suggestion suggestion() {
    return Objects.requireNonNull(now);
  }

  /** Epochs of all its fits. */
  long epochs() {
    return epochs;
  }

  /** Epochs that all its fits have, or are to have. */
  long planned(ToIntFunction<Map<String, Object>> whole) {
    if (open == 0) {
      return epochs;
    }
    Suggestion what = suggestion();
    return (long) ends.length * Math.min(what.epochs(), whole.applyAsInt(what.values()));
  }

  @Nullable PartEnd last(int fit) {
    return ends[fit];
  }

  void suggested(Suggestion what) {
    now = what;
    open = ends.length;
    status = TrialStatus.PENDING;
    if (!rungs.isEmpty()) {
      SweepReport.Rung last = rungs.remove(rungs.size() - 1);
      rungs.add(new SweepReport.Rung(last.epochs(), last.value(), last.at(), true));
    }
  }

  void begins(double at) {
    status = TrialStatus.RUNNING;
    start = start == null ? (Double) at : start;
  }

  void cut() {
    status = status == TrialStatus.RUNNING ? TrialStatus.STOPPED : status;
  }

  void returned() {
    status = status == TrialStatus.RUNNING ? TrialStatus.PENDING : status;
  }

  /** Notes how one of its fits ended; whether all that were asked for have. */
  boolean ended(PartEnd end) {
    int fit = Math.max(0, end.part().fold());
    PartEnd before = ends[fit];
    epochs += Math.max(0, end.epochs() - (before == null ? 0 : before.epochs()));
    seconds += end.seconds();
    ends[fit] = end;
    if (!end.executor().isEmpty()) {
      Double first = firstStart;
      firstStart = first == null ? (Double) end.start() : (Double) Math.min(first, end.start());
    }
    open--;
    if (open > 0) {
      status = TrialStatus.RUNNING;
      return false;
    }
    boolean whole = end.part().until() == Suggestion.WHOLE || all(PartEnd::over);
    status =
        error() != null ? TrialStatus.FAILED : whole ? TrialStatus.SUCCEEDED : TrialStatus.STOPPED;
    return true;
  }

  private boolean all(Function<PartEnd, Boolean> what) {
    for (PartEnd end : ends) {
      if (end == null || !what.apply(end)) {
        return false;
      }
    }
    return true;
  }

  /** Notes where it stands among others. */
  void compared(SweepConfig sweep, double at) {
    PartEnd first = ends[0];
    int behind = first == null ? 0 : first.epochs();
    rungs.add(new SweepReport.Rung(behind, value(), at, false));
  }

  /** Why it failed, or null. */
  @Nullable String error() {
    for (PartEnd end : ends) {
      String why = end == null ? null : end.error();
      if (why != null) {
        return why;
      }
    }
    return null;
  }

  /** The metric; null if it is not known of all its fits. */
  @Nullable Double value() {
    return mean(PartEnd::value);
  }

  private @Nullable Double mean(Function<PartEnd, @Nullable Double> what) {
    double sum = 0;
    for (PartEnd end : ends) {
      Double value = end == null || end.error() != null ? null : what.apply(end);
      if (value == null || value.isNaN()) {
        return null;
      }
      sum += value;
    }
    return sum / ends.length;
  }

  /** The deviation of the metric over the folds: √(Σ(x − mean)² / (n − 1)). */
  private @Nullable Double deviation() {
    Double mean = value();
    if (mean == null || ends.length < 2) {
      return null;
    }
    double sum = 0;
    for (PartEnd end : ends) {
      Double value = end == null ? null : end.value();
      sum += value == null ? 0 : (value - mean) * (value - mean);
    }
    return Math.sqrt(sum / (ends.length - 1));
  }

  /** The mean of the curves, as far as all go. */
  private @Nullable List<Double> curve() {
    int shortest = Integer.MAX_VALUE;
    for (PartEnd end : ends) {
      List<Double> its = end == null ? null : end.curve();
      shortest = Math.min(shortest, its == null ? 0 : its.size());
    }
    List<Double> mean = new ArrayList<>();
    for (int epoch = 0; epoch < shortest; epoch++) {
      double sum = 0;
      for (PartEnd end : ends) {
        List<Double> its = end == null ? null : end.curve();
        Double value = its == null ? null : its.get(epoch);
        sum += value == null ? Double.NaN : value;
      }
      mean.add(sum / ends.length);
    }
    return mean.isEmpty() ? null : mean;
  }

  /** The trial as the report has it. */
  Trial reported(SweepConfig sweep) {
    Suggestion what = suggestion();
    PartEnd first = ends[0];
    String executor = first == null || first.executor().isEmpty() ? null : first.executor();
    int most = 0;
    for (PartEnd end : ends) {
      most = Math.max(most, end == null ? 0 : end.epochs());
    }
    boolean running = status == TrialStatus.RUNNING && sweep.folds() > 0 && open > 0;
    return new Trial(
        Part.id(what.trial()),
        what.values(),
        status,
        most,
        running ? null : mean(PartEnd::accuracy),
        running ? null : mean(PartEnd::loss),
        seconds,
        executor,
        firstStart == null ? start : firstStart,
        curve(),
        error(),
        value(),
        deviation(),
        rungs.isEmpty() ? null : List.copyOf(rungs));
  }
}
