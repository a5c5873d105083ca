package io.kiln.spark.sweep;

import io.kiln.spark.config.SweepConfig;
import io.kiln.spark.report.RunReport;
import io.kiln.spark.report.SweepFolder;
import io.kiln.spark.report.SweepReport;
import io.kiln.spark.report.SweepReport.Trial;
import io.kiln.spark.report.SweepReport.TrialStatus;
import io.kiln.spark.search.Observation;
import io.kiln.spark.search.Suggestion;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.DoubleSupplier;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the report of a sweep as trials are suggested, begin and end: the same calls make the same
 * report, whether they happen or are read in the journal. Thread-safe.
 */
final class TrialBook {
  private final SweepFolder folder;
  private final SweepReport first;
  private final SweepConfig sweep;
  private final int[] rungs;
  private final int most;
  private final DoubleSupplier clock;
  private final Map<Integer, TrialState> trials = new TreeMap<>();
  private @Nullable String ended;
  private SweepReport.@Nullable Ensemble ensemble;
  private int slots;
  private boolean stopped;

  /**
   * An empty book.
   *
   * @param rungs epochs at which trials are compared; empty where they are not
   * @param most trials there can be
   * @param clock seconds since the sweep began
   */
  TrialBook(SweepFolder folder, SweepConfig sweep, int[] rungs, int most, DoubleSupplier clock) {
    this.folder = folder;
    this.first = folder.report();
    this.sweep = sweep;
    this.rungs = rungs.clone();
    this.most = most;
    this.clock = clock;
  }

  /** A trial as the report has it. */
  synchronized Trial trial(int i) {
    return known(i).reported(sweep);
  }

  /** The values of a trial. */
  synchronized Suggestion suggestion(int trial) {
    return known(trial).suggestion();
  }

  /** Trials that were suggested. */
  synchronized int size() {
    return trials.size();
  }

  /** Whether that trial was suggested before. */
  synchronized boolean knows(int trial) {
    return trials.containsKey(trial);
  }

  private TrialState known(int trial) {
    TrialState state = trials.get(trial);
    if (state == null) {
      throw new IllegalArgumentException("sweep: " + Part.id(trial) + " was not suggested");
    }
    return state;
  }

  /** Trials of which nothing is under way any more. */
  synchronized int done() {
    return (int)
        trials.values().stream().filter(t -> t.status().compareTo(TrialStatus.RUNNING) > 0).count();
  }

  /** Epochs that were trained, over all trials and folds. */
  synchronized long epochs() {
    return trials.values().stream().mapToLong(TrialState::epochs).sum();
  }

  /**
   * Epochs that were trained, or are to be: all that was suggested.
   *
   * @param whole epochs of a whole trial of these values
   */
  synchronized long epochsPlanned(ToIntFunction<Map<String, Object>> whole) {
    return trials.values().stream().mapToLong(trial -> trial.planned(whole)).sum();
  }

  /**
   * How far a trial is.
   *
   * @param number of the trial
   * @param epochs behind it, over all its fits
   * @param planned epochs it has when what is under way has ended
   */
  record Standing(int number, Map<String, Object> values, long epochs, long planned) {}

  /**
   * How far all are that were suggested.
   *
   * @param whole epochs of a whole trial of these values
   */
  synchronized List<Standing> standings(ToIntFunction<Map<String, Object>> whole) {
    List<Standing> all = new ArrayList<>();
    trials.forEach(
        (number, trial) ->
            all.add(
                new Standing(
                    number, trial.suggestion().values(), trial.epochs(), trial.planned(whole))));
    return all;
  }

  /** Fits of a trial. */
  int fits() {
    return sweep.fits();
  }

  /** Whether a greater metric is better. */
  boolean greaterIsBetter() {
    return sweep.greaterIsBetter();
  }

  /** Whether the metric is a share of right answers. */
  boolean isOfAccuracy() {
    return sweep.metric().endsWith("accuracy");
  }

  /**
   * An estimate under the limit of time, after which what runs goes on to its end.
   *
   * @param all seconds that all that is left would take
   * @param underWay seconds that what was suggested takes
   */
  double secondsLeft(double all, double underWay) {
    double limit = sweep.budget().seconds();
    return limit == 0 ? all : Math.max(underWay, Math.min(all, limit - clock.getAsDouble()));
  }

  /** Whether nothing more is begun. */
  synchronized boolean isClosed() {
    return ended != null;
  }

  /** A trial is to be trained, or trained further. */
  synchronized void suggested(Suggestion what) {
    trials.computeIfAbsent(what.trial(), fresh -> new TrialState(sweep.fits())).suggested(what);
    changed();
  }

  /** One of its fits has a slot. */
  synchronized void begins(int trial) {
    known(trial).begins(clock.getAsDouble());
    changed();
  }

  /** One of its fits was told to leave, since nothing more is wanted. */
  synchronized void cut(int trial) {
    known(trial).cut();
    changed();
  }

  /**
   * One of its fits ended.
   *
   * @return what the strategy is to hear, when all of them have; null before
   */
  synchronized @Nullable Observation ended(PartEnd end) {
    TrialState trial = known(end.part().trial());
    boolean all = trial.ended(end);
    if (all && rungs.length > 0) {
      trial.compared(sweep, clock.getAsDouble());
    }
    changed();
    Double value = trial.value();
    double merit = value == null ? Double.NaN : sweep.greaterIsBetter() ? value : -value;
    return all ? new Observation(end.part().trial(), end.part().until(), merit) : null;
  }

  /** How a fit of a trial ended last; null if it has not. */
  synchronized @Nullable PartEnd last(Part part) {
    return known(part.trial()).last(Math.max(0, part.fold()));
  }

  /** Whether a fit of it failed, so that the others need not be trained. */
  synchronized boolean isFailed(int trial) {
    return known(trial).error() != null;
  }

  /** Of trials that may be the best. */
  private boolean isBetter(TrialState a, TrialState b) {
    boolean whole = a.status() == TrialStatus.SUCCEEDED;
    if (whole != (b.status() == TrialStatus.SUCCEEDED)) {
      return whole;
    }
    double its = Objects.requireNonNull(a.value());
    double other = Objects.requireNonNull(b.value());
    return sweep.greaterIsBetter() ? its > other : its < other;
  }

  /**
   * The best trials, the best first, of equals the first: those that were trained to their end
   * before those that were stopped.
   */
  synchronized List<Trial> best(int count) {
    List<TrialState> best = new ArrayList<>();
    for (TrialState trial : trials.values()) {
      boolean rests =
          trial.status() == TrialStatus.SUCCEEDED || trial.status() == TrialStatus.STOPPED;
      if (!rests || trial.value() == null) {
        continue;
      }
      int place = best.size();
      while (place > 0 && isBetter(trial, best.get(place - 1))) {
        place--;
      }
      if (place < count) {
        best.add(place, trial);
        best.subList(Math.min(count, best.size()), best.size()).clear();
      }
    }
    return best.stream().map(trial -> trial.reported(sweep)).toList();
  }

  /** The best trial so far; null if none has a metric. */
  @Nullable Trial best() {
    List<Trial> best = best(1);
    return best.isEmpty() ? null : best.get(0);
  }

  /** Why the first trial failed that did; empty if none did. */
  synchronized String firstError() {
    for (TrialState trial : trials.values()) {
      String error = trial.error();
      if (error != null) {
        return error;
      }
    }
    return "";
  }

  /** Nothing more is begun. */
  synchronized void budgetIsSpent(String why) {
    ended = why;
  }

  /** What the best answered together. */
  synchronized void together(SweepReport.Ensemble what) {
    ensemble = what;
  }

  /** So many slots are there. */
  synchronized void slots(int count) {
    slots = Math.max(slots, count);
  }

  /**
   * The sweep was told to end: trials that run are to be trained on again, and what their end
   * throws after that is no news.
   */
  void stop() {
    SweepReport last;
    synchronized (this) {
      if (stopped) {
        return;
      }
      trials.values().forEach(TrialState::returned);
      String why = "stopped on request; go on with --resume";
      last = report(RunReport.Status.FAILED, why, null, null);
      stopped = true;
    }
    folder.update(last);
  }

  synchronized boolean isStopped() {
    return stopped;
  }

  private void changed() {
    if (!stopped) {
      folder.changed(() -> report(RunReport.Status.RUNNING, null, null, null));
    }
  }

  /** Writes the last report of this sweep: all that is known. */
  void write(
      RunReport.Status status,
      @Nullable String error,
      RunReport.@Nullable Test test,
      @Nullable Double utilization) {
    // Whoever writes the folder may ask this book for its report: not while this thread holds it.
    SweepReport last;
    synchronized (this) {
      if (stopped) {
        return;
      }
      last = report(status, error, test, utilization);
    }
    folder.update(last);
  }

  private synchronized SweepReport report(
      RunReport.Status status,
      @Nullable String error,
      RunReport.@Nullable Test test,
      @Nullable Double utilization) {
    Trial best = best();
    return new SweepReport(
        status,
        first.name(),
        first.started(),
        error,
        first.config(),
        first.metric(),
        trials.values().stream().map(trial -> trial.reported(sweep)).toList(),
        best == null ? null : new SweepReport.Best(best.id(), best.params()),
        test,
        utilization,
        clock.getAsDouble(),
        search(),
        ensemble);
  }

  private SweepReport.Search search() {
    SweepConfig.Budget budget = sweep.budget();
    List<Integer> epochs = new ArrayList<>();
    for (int rung : rungs) {
      epochs.add(rung);
    }
    return new SweepReport.Search(
        sweep.strategy(),
        epochs.isEmpty() ? null : epochs,
        most,
        epochs(),
        budget.epochs() == 0 ? null : budget.epochs(),
        budget.seconds() == 0 ? null : budget.seconds(),
        Double.isNaN(budget.target()) ? null : budget.target(),
        ended,
        sweep.workers(),
        sweep.folds() == 0 ? null : sweep.folds(),
        slots);
  }
}
