package io.kiln.spark.sweep;

import io.kiln.spark.report.Progress;
import io.kiln.spark.report.SweepReport.Trial;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.LongSupplier;
import org.apache.spark.SparkContext;
import org.apache.spark.scheduler.AccumulableInfo;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerExecutorMetricsUpdate;
import org.apache.spark.util.LongAccumulator;
import scala.jdk.javaapi.CollectionConverters;

/**
 * How a sweep stands, for people who wait: which trials run, how far they are, how long it may
 * take. Trials count thousandths of their steps in accumulators, which come to the driver with the
 * executors' heartbeats. Thread-safe.
 */
final class TrialProgress extends SparkListener {
  /** What a trial counts when it is through. */
  static final long WHOLE = 1000;

  private static final int MOST_NAMED = 4;

  private final TrialBook book;
  private final double[] costs;
  private final Progress progress;
  private final LongSupplier clock;
  private final long start;
  private final Map<Long, Integer> counters = new HashMap<>();
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

  /** A trial begins; it counts in this. */
  LongAccumulator begins(int trial, SparkContext spark) {
    LongAccumulator counter = spark.longAccumulator("thousandths of " + book.trial(trial).id());
    begins(trial, counter.id());
    return counter;
  }

  synchronized void begins(int trial, long counter) {
    counters.put(counter, trial);
    running.add(trial);
    show();
  }

  /** A trial ended, well or not. */
  synchronized void ended(int trial) {
    running.remove(trial);
    parts[trial] = 1;
    counters.values().remove(trial);
    show();
  }

  /** A trial has counted so far. */
  synchronized void counted(long counter, long thousandths) {
    Integer trial = counters.get(counter);
    if (trial != null) {
      parts[trial] = Math.min(1, (double) thousandths / WHOLE);
      show();
    }
  }

  @Override
  public void onExecutorMetricsUpdate(SparkListenerExecutorMetricsUpdate update) {
    for (var task : CollectionConverters.asJava(update.accumUpdates())) {
      for (AccumulableInfo info : CollectionConverters.asJava(task._4())) {
        if (info.update().isDefined() && info.update().get() instanceof Long count) {
          counted(info.id(), count);
        }
      }
    }
  }

  private void show() {
    StringBuilder line = new StringBuilder();
    line.append(String.format(Locale.ROOT, "%d of %d trials done", book.done(), costs.length));
    int named = 0;
    for (int trial : running) {
      if (named++ < MOST_NAMED) {
        Trial one = book.trial(trial);
        line.append(named == 1 ? "; running " : ", ").append(one.id());
        line.append(String.format(Locale.ROOT, " %.0f %%", 100 * parts[trial]));
      }
    }
    if (named > MOST_NAMED) {
      line.append(" and ").append(named - MOST_NAMED).append(" more");
    }
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
