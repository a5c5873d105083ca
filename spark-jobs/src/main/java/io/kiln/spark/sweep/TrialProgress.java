package io.kiln.spark.sweep;

import io.kiln.spark.report.Progress;
import io.kiln.spark.report.SweepReport.Trial;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.LongSupplier;

/**
 * How a sweep stands, for people who wait: which trials run, how far they are, how long it may
 * take. Thread-safe.
 */
final class TrialProgress {
  private static final int MOST_NAMED = 4;

  private final TrialBook book;
  private final double[] costs;
  private final Progress progress;
  private final LongSupplier clock;
  private final long start;
  private final TreeSet<Integer> running = new TreeSet<>();
  private final double[] parts;
  private double ahead;

  /**
   * Nothing runs yet.
   *
   * @param costs what each trial costs, in any unit; 0 for those that are done already
   */
  TrialProgress(TrialBook book, double[] costs, Progress progress, LongSupplier clock) {
    this.book = book;
    this.costs = costs;
    this.progress = progress;
    this.clock = clock;
    this.start = clock.getAsLong();
    this.parts = new double[costs.length];
    for (double cost : costs) {
      ahead += cost;
    }
  }

  synchronized void begins(int trial) {
    running.add(trial);
    show();
  }

  /** A trial ended, well or not. */
  synchronized void ended(int trial) {
    running.remove(trial);
    parts[trial] = 1;
    tell(trial);
    show();
  }

  /** A trial has come so far, from 0 to 1. */
  synchronized void counted(int trial, double part) {
    if (running.contains(trial)) {
      parts[trial] = Math.min(1, part);
      show();
    }
  }

  /** The best so far, with how good it is. */
  private String best() {
    Trial best = book.best();
    if (best == null) {
      return "";
    }
    Double accuracy = best.validationAccuracy();
    Double loss = best.validationLoss();
    String merit =
        accuracy != null
            ? String.format(Locale.ROOT, " %.2f %%", 100 * accuracy)
            : loss != null ? String.format(Locale.ROOT, " loss %.4g", loss) : "";
    return "; best " + best.id() + merit;
  }

  /** For programs: a trial as it ended. */
  private void tell(int trial) {
    Trial one = book.trial(trial);
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("id", one.id());
    values.put("params", one.params());
    values.put("status", one.status());
    values.put("epochs", one.epochs());
    values.put("validation_accuracy", one.validationAccuracy());
    values.put("validation_loss", one.validationLoss());
    values.put("seconds", one.seconds());
    values.put("executor", one.executor());
    values.put("done", book.done());
    progress.event("trial", values);
  }

  private void show() {
    StringBuilder line = new StringBuilder();
    line.append(String.format(Locale.ROOT, "%d of %d trials done", book.done(), costs.length));
    int named = 0;
    for (int trial : running) {
      if (named++ < MOST_NAMED) {
        line.append(named == 1 ? "; running " : ", ").append(Part.id(trial));
        line.append(String.format(Locale.ROOT, " %.0f %%", 100 * parts[trial]));
      }
    }
    if (named > MOST_NAMED) {
      line.append(" and ").append(named - MOST_NAMED).append(" more");
    }
    line.append(best());
    double done = 0;
    for (int i = 0; i < costs.length; i++) {
      done += costs[i] * parts[i];
    }
    if (done > 0.01 * ahead && done < ahead) {
      double seconds = (clock.getAsLong() - start) / 1e9 * (ahead - done) / done;
      line.append("; ").append(Progress.about(seconds)).append(" left");
    }
    progress.status(line.toString());
  }
}
