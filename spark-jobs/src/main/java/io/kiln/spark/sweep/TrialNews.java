package io.kiln.spark.sweep;

import io.kiln.spark.report.Numbers;
import io.kiln.spark.report.Progress;
import io.kiln.spark.report.SweepReport;
import io.kiln.spark.report.SweepReport.Trial;
import java.io.PrintStream;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What a person hears of trials: one that ended is a line, the others share one. */
final class TrialNews {
  private final TrialBook book;
  private final TrialProgress progress;
  private final Progress line;
  private final PrintStream out;
  private final String metric;

  /**
   * News of a sweep.
   *
   * @param line on the terminal
   * @param metric dotted name of what trials are ranked by
   */
  TrialNews(TrialBook book, TrialProgress progress, Progress line, PrintStream out, String metric) {
    this.book = book;
    this.progress = progress;
    this.line = line;
    this.out = out;
    this.metric = metric.replace('.', ' ');
  }

  /** A task begins a part. */
  void begins(Object task, Part part) {
    progress.begins(task, part);
  }

  /** A part has come so far in its whole fit, from 0 to 1. */
  void counted(Part part, double share) {
    progress.counted(part, share);
  }

  /** A part has another epoch behind it, with that metric. */
  void epoch(Part part, int epoch, double value) {
    progress.epoch(part, epoch, value);
  }

  void ended(PartEnd end) {
    if (book.isStopped()) {
      return;
    }
    Trial trial = book.trial(end.part().trial());
    String what = end.error() == null ? said(trial, end) : String.valueOf(end.error());
    String whole =
        String.format(
            Locale.ROOT,
            "[%d] %s %s: %s",
            book.done(),
            trial.id(),
            SweepReport.settings(trial.params()),
            what);
    line.aside(() -> out.println(whole));
    progress.ended(end.part());
  }

  private String said(Trial trial, PartEnd end) {
    boolean fold = end.part().fold() >= 0;
    Double deviation = trial.deviation();
    String mean =
        fold && deviation != null
            ? String.format(Locale.ROOT, "; mean %s ± %s", number(trial.value()), number(deviation))
            : "";
    return (fold ? "fold " + (end.part().fold() + 1) + ", " : "")
        + metric
        + " "
        + number(end.value())
        + mean
        + (end.over() ? "" : " after " + end.epochs() + (end.epochs() == 1 ? " epoch" : " epochs"))
        + String.format(Locale.ROOT, ", %.1f s", end.seconds());
  }

  private String number(@Nullable Double value) {
    return value == null
        ? "no number"
        : metric.endsWith("accuracy") ? Numbers.percent(value) : Numbers.loss(value);
  }
}
