package io.kiln.spark.report;

import io.kiln.spark.report.RunReport.Epoch;
import io.kiln.spark.report.RunReport.Test;
import io.kiln.spark.report.RunReport.Timing;
import io.kiln.spark.report.SweepReport.Trial;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A run or a sweep as text for a terminal. */
public final class Summary {
  private static final int CURVE = 48;
  private static final int MOST_EPOCHS = 8;
  private static final int MOST_TRIALS = 20;
  private static final int MOST_REASONS = 8;
  private static final int MOST_NAMED = 4;
  private static final List<String> EPOCHS =
      List.of(
          "epoch",
          "step",
          "train loss",
          "accuracy",
          "validation loss",
          "accuracy",
          "learning rate",
          "samples/s");

  private Summary() {}

  /** A run: verdict, numbers, curves, the last epochs. */
  public static String of(RunReport report) {
    Verdict verdict = Verdict.of(report);
    StringBuilder text = new StringBuilder();
    head(text, report.name(), report.status(), verdict.headline());
    verdict.findings().forEach(finding -> text.append("  - ").append(finding.text()).append('\n'));
    text.append('\n');
    List<Epoch> history = report.history();
    curve(text, "train loss", history.stream().map(Epoch::trainLoss).toList(), false);
    curve(text, "validation loss", values(history, Epoch::validationLoss), false);
    curve(text, "train accuracy", values(history, Epoch::trainAccuracy), true);
    curve(text, "validation accuracy", values(history, Epoch::validationAccuracy), true);
    if (!history.isEmpty()) {
      text.append('\n').append(epochs(report)).append('\n');
    }
    facts(text, report);
    return text.toString();
  }

  /**
   * A run in another form: a table of its epochs, or with json all there is to say.
   *
   * @param format not text
   */
  public static String of(RunReport report, TableFormat format) {
    return switch (format) {
      case TEXT -> of(report);
      case JSON -> Json.text(report) + "\n";
      case CSV -> MetricsCsv.text(report);
      case MD, LATEX -> {
        List<List<String>> rows = new ArrayList<>();
        report.history().forEach(epoch -> rows.add(cells(epoch)));
        yield format.of(EPOCHS, rows);
      }
    };
  }

  /** A sweep in another form: a table of its trials, or with json all there is to say. */
  public static String of(SweepReport report, TableFormat format) {
    return switch (format) {
      case TEXT -> of(report);
      case JSON -> Json.text(report) + "\n";
      case CSV -> MetricsCsv.text(report);
      case MD, LATEX -> {
        Ranking ranking = Ranking.of(report);
        List<List<String>> rows = new ArrayList<>();
        for (Trial trial : ranking.ranked()) {
          rows.add(cells(ranking, rows.size() + 1, trial));
        }
        yield format.of(header(ranking), rows);
      }
    };
  }

  /** A sweep: the best, then the trials, best first. */
  public static String of(SweepReport report) {
    Ranking ranking = Ranking.of(report);
    Trial best = ranking.best();
    StringBuilder text = new StringBuilder();
    head(
        text,
        report.name(),
        report.status(),
        report.error() != null
            ? report.error()
            : best == null
                ? "No trial is done yet."
                : "Best: " + best.id() + ", " + ranking.describe(best) + ".");
    String worse = ranking.worseInTest();
    text.append(worse == null ? "" : "  - " + worse + "\n");
    text.append('\n');
    TextTable table = new TextTable();
    table.header(header(ranking));
    int rank = 0;
    for (Trial trial : ranking.ranked()) {
      if (++rank > MOST_TRIALS) {
        break;
      }
      table.row(cells(ranking, rank, trial));
    }
    text.append(table);
    if (report.trials().size() > MOST_TRIALS) {
      text.append("  … ").append(report.trials().size() - MOST_TRIALS).append(" more\n");
    }
    reasons(text, ranking);
    text.append('\n');
    Test test = report.test();
    if (test != null) {
      fact(
          text,
          "test of the best",
          (test.accuracy() == null ? "" : "accuracy " + Numbers.percent(test.accuracy()) + ", ")
              + "loss "
              + Numbers.loss(test.loss()));
    }
    Double used = report.slotUtilization();
    if (used != null) {
      fact(text, "slots busy", String.format(Locale.ROOT, "%.0f %%", 100 * used));
    }
    return text.toString();
  }

  /** Why trials failed; those of the same reason in one line. */
  private static void reasons(StringBuilder text, Ranking ranking) {
    Map<String, List<String>> reasons = new LinkedHashMap<>();
    for (Trial trial : ranking.ranked()) {
      String why = trial.error();
      if (why != null) {
        reasons.computeIfAbsent(why, fresh -> new ArrayList<>()).add(trial.id());
      }
    }
    int left = MOST_REASONS;
    for (Map.Entry<String, List<String>> reason : reasons.entrySet()) {
      if (left-- == 0) {
        text.append("  … see trials.csv\n");
        break;
      }
      List<String> ids = reason.getValue();
      text.append("  ").append(String.join(", ", ids.subList(0, Math.min(ids.size(), MOST_NAMED))));
      if (ids.size() > MOST_NAMED) {
        text.append(" and ").append(ids.size() - MOST_NAMED).append(" more");
      }
      text.append(" failed: ").append(reason.getKey()).append('\n');
    }
  }

  private static List<String> header(Ranking ranking) {
    List<String> header = new ArrayList<>(List.of("#", "trial"));
    header.addAll(ranking.keys());
    header.addAll(List.of(ranking.metricName(), "epochs", "time", "executor", "status"));
    return header;
  }

  private static List<String> cells(Ranking ranking, int rank, Trial trial) {
    List<String> row = new ArrayList<>(List.of(String.valueOf(rank), trial.id()));
    for (String key : ranking.keys()) {
      Object value = trial.params().get(key);
      row.add(value == null ? "" : Page.value(value));
    }
    row.add(ranking.text(ranking.value(trial)));
    row.add(String.valueOf(trial.epochs()));
    row.add(Numbers.duration(trial.seconds()));
    row.add(trial.executor() == null ? "" : trial.executor());
    row.add(trial.status().name().toLowerCase(Locale.ROOT));
    return row;
  }

  private interface Column {
    @Nullable Double of(Epoch epoch);
  }

  /** Numbers of a column; what is missing is NaN; empty if all is missing. */
  private static List<Double> values(List<Epoch> history, Column column) {
    List<Double> values = new ArrayList<>();
    boolean some = false;
    for (Epoch epoch : history) {
      Double value = column.of(epoch);
      some |= value != null;
      values.add(value == null ? Double.valueOf(Double.NaN) : value);
    }
    return some ? values : List.of();
  }

  private static void head(
      StringBuilder text, String name, RunReport.Status status, String headline) {
    text.append(name)
        .append("  ")
        .append(status.name().toLowerCase(Locale.ROOT))
        .append("\n  ")
        .append(headline)
        .append('\n');
  }

  private static void curve(
      StringBuilder text, String label, List<Double> values, boolean percent) {
    if (values.size() < 2) {
      return;
    }
    Double first = values.get(0);
    Double last = values.get(values.size() - 1);
    text.append(
        String.format(
            Locale.ROOT,
            "  %-20s %s  %s → %s%n",
            label,
            Numbers.sparkline(values, CURVE),
            percent ? Numbers.percent(first) : Numbers.loss(first),
            percent ? Numbers.percent(last) : Numbers.loss(last)));
  }

  private static TextTable epochs(RunReport report) {
    TextTable table = new TextTable();
    table.header(EPOCHS);
    List<Epoch> history = report.history();
    for (Epoch epoch : history.subList(Math.max(0, history.size() - MOST_EPOCHS), history.size())) {
      table.row(cells(epoch));
    }
    return table;
  }

  private static List<String> cells(Epoch epoch) {
    return List.of(
        String.valueOf(epoch.epoch()),
        Numbers.count(epoch.step()),
        Numbers.loss(epoch.trainLoss()),
        Numbers.percent(epoch.trainAccuracy()),
        Numbers.loss(epoch.validationLoss()),
        Numbers.percent(epoch.validationAccuracy()),
        Numbers.setting(epoch.learningRate()),
        Numbers.rate(epoch.samplesPerSecond()));
  }

  private static void facts(StringBuilder text, RunReport report) {
    Test test = report.test();
    if (test != null) {
      fact(
          text,
          "test",
          (test.accuracy() == null ? "" : "accuracy " + Numbers.percent(test.accuracy()) + ", ")
              + (test.rmse() == null ? "" : "RMSE " + Numbers.loss(test.rmse()) + ", ")
              + (test.mae() == null ? "" : BaselineText.errors(test) + ", ")
              + (test.bleu() == null ? "" : "BLEU-1 … 4 " + Numbers.scores(test.bleu()) + ", ")
              + "loss "
              + Numbers.loss(test.loss()));
    }
    if (report.baseline() != null) {
      fact(text, "baseline", BaselineText.of(report.baseline()));
    }
    if (report.model() != null) {
      fact(text, "parameters", Numbers.count(report.model().parameters()));
    }
    Timing timing = report.timing();
    if (timing != null) {
      fact(
          text,
          "time",
          String.format(
              Locale.ROOT,
              "%s: computing %s, exchanging %s, data %s, checkpoints %s, start %s",
              Numbers.duration(timing.total()),
              Numbers.duration(timing.compute()),
              Numbers.duration(timing.communicate()),
              Numbers.duration(timing.data()),
              Numbers.duration(timing.checkpoint()),
              Numbers.duration(timing.startup())));
    }
    report
        .environment()
        .executors()
        .forEach(
            executor ->
                fact(
                    text,
                    "executor",
                    executor.host()
                        + ", "
                        + executor.threads()
                        + " threads, "
                        + executor.blas()
                        + (executor.exchange() == null
                            ? ""
                            : ", exchange: " + executor.exchange())));
    if (report.weightsSha256() != null) {
      fact(text, "weights", report.weightsSha256());
    }
  }

  private static void fact(StringBuilder text, String label, String value) {
    text.append(String.format(Locale.ROOT, "  %-16s %s%n", label, value));
  }
}
