package io.kiln.spark.sweep;

import io.kiln.spark.report.Numbers;
import io.kiln.spark.report.Progress;
import io.kiln.spark.report.SweepReport.Trial;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * How a sweep stands, for people who wait: what each slot trains and how far it is, the best so
 * far, how long it may take. A terminal has a line a slot, a log one line in all. Thread-safe.
 */
final class TrialProgress {
  /** Slots that are shown: with more, the terminal would scroll. */
  private static final int MOST_LANES = 12;

  /** Trials that a log names. */
  private static final int MOST_NAMED = 4;

  /** Before that share is done an estimate would be a guess. */
  private static final double KNOWN = 0.01;

  private final TrialBook book;
  private final SweepWork work;
  private final int most;
  private final Packing packing;
  private final Progress progress;
  private final LongSupplier clock;
  private final Lanes lanes = new Lanes();
  private final double doneBefore;
  private long start = Long.MIN_VALUE;

  /**
   * Nothing runs yet.
   *
   * @param work of the sweep
   * @param most trials there can be
   * @param clock nanoseconds
   */
  TrialProgress(
      TrialBook book,
      SweepWork work,
      int most,
      Packing packing,
      Progress progress,
      LongSupplier clock) {
    this.book = book;
    this.work = work;
    this.most = most;
    this.packing = packing;
    this.progress = progress;
    this.clock = clock;
    this.doneBefore = work.look(trial -> 0.0).done();
  }

  /** A task begins a part of a trial. */
  synchronized void begins(Object task, Part part) {
    start = start == Long.MIN_VALUE ? clock.getAsLong() : start;
    lanes.begins(task, part, book.suggestion(part.trial()).values());
    show();
  }

  /** A part ended, well or not. */
  synchronized void ended(Part part) {
    lanes.ended(part);
    tell(part.trial());
    show();
  }

  /** A part has come so far in its whole fit, from 0 to 1. */
  synchronized void counted(Part part, double share) {
    Lanes.Lane lane = lanes.of(part);
    if (lane != null) {
      lane.counted(share);
      show();
    }
  }

  /** A part has another epoch behind it. */
  synchronized void epoch(Part part, int epoch, double value) {
    Lanes.Lane lane = lanes.of(part);
    if (lane != null) {
      lane.epoch(epoch, value, book.greaterIsBetter());
      lane.counted((double) epoch / epochs(part));
      show();
    }
  }

  private int epochs(Part part) {
    return packing.epochs(book.suggestion(part.trial()).values());
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
    progress.status(this::line, this::block);
  }

  /** All in one line. */
  private String line() {
    List<String> named = new ArrayList<>();
    for (Lanes.Lane lane : lanes.all()) {
      if (lane != null) {
        named.add(String.format(Locale.ROOT, "%s %.0f %%", lane.part().path(), 100 * lane.share()));
      }
    }
    String running = named.isEmpty() ? "" : "; running ";
    String more = named.size() > MOST_NAMED ? " and " + (named.size() - MOST_NAMED) + " more" : "";
    return count()
        + running
        + String.join(", ", named.subList(0, Math.min(named.size(), MOST_NAMED)))
        + more
        + best()
        + left();
  }

  /** A line for all, then one a slot. */
  private List<String> block() {
    List<String> lines = new ArrayList<>();
    lines.add(Progress.bar((double) book.done() / most) + " " + count() + best() + left());
    List<Lanes.@Nullable Lane> all = lanes.all();
    for (int i = 0; i < Math.min(MOST_LANES, all.size()); i++) {
      Lanes.Lane lane = all.get(i);
      lines.add(String.format(Locale.ROOT, "  %2d  ", i + 1) + (lane == null ? "–" : row(lane)));
    }
    if (all.size() > MOST_LANES) {
      lines.add("      and " + (all.size() - MOST_LANES) + " more");
    }
    return lines;
  }

  private String row(Lanes.Lane lane) {
    Double best = lane.best();
    int whole = epochs(lane.part());
    int until = Math.min(whole, lane.part().until());
    int now = Math.max(lane.epoch(), (int) (lane.share() * whole)) + 1;
    return String.format(
        Locale.ROOT,
        "%-10s epoch %3d/%-3d %9s  %s",
        lane.part().path(),
        Math.min(now, until),
        whole,
        best == null ? "" : number(best),
        lane.settings());
  }

  private String count() {
    return book.done() + " of " + most + " trials done";
  }

  private String number(double value) {
    return book.isOfAccuracy() ? Numbers.percent(value) : Numbers.loss(value);
  }

  /** The best so far, with how good it is. */
  private String best() {
    Trial best = book.best();
    Double value = best == null ? null : best.value();
    return best == null || value == null ? "" : "; best " + best.id() + " " + number(value);
  }

  /** How long the trials may take, from how long it took to do what is done. */
  private String left() {
    SweepWork.Standing now = work.look(this::running);
    double done = now.done() - doneBefore;
    if (start == Long.MIN_VALUE || now.left() <= 0 || done <= KNOWN * (done + now.left())) {
      return "";
    }
    double perWork = (clock.getAsLong() - start) / 1e9 / done;
    double seconds = book.secondsLeft(perWork * now.left(), perWork * now.underWay());
    return "; " + Progress.about(seconds) + " left";
  }

  /** What is done of a trial that its book does not know yet, as a part of the whole trial. */
  private double running(int trial) {
    double sum = 0;
    for (Lanes.Lane lane : lanes.all()) {
      if (lane != null && lane.part().trial() == trial) {
        PartEnd last = book.last(lane.part());
        double before = last == null ? 0 : (double) last.epochs() / epochs(lane.part());
        sum += Math.max(0, lane.share() - before) / book.fits();
      }
    }
    return sum;
  }
}
