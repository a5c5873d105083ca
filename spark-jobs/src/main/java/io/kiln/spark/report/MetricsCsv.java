package io.kiln.spark.report;

import com.fasterxml.jackson.core.io.NumberOutput;
import io.kiln.spark.report.RunReport.Epoch;
import io.kiln.spark.report.SweepReport.Trial;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** {@code metrics.csv} and {@code trials.csv}: tables for spreadsheets, RFC 4180. */
final class MetricsCsv {
  private MetricsCsv() {}

  /** One row an epoch, columns as in the history of {@code report.json}. */
  static String text(RunReport report) {
    StringBuilder csv =
        new StringBuilder(
            "epoch,step,train_loss,train_accuracy,validation_loss,validation_accuracy,"
                + "learning_rate,seconds,samples_per_second\n");
    for (Epoch epoch : report.history()) {
      row(
          csv,
          List.of(
              String.valueOf(epoch.epoch()),
              String.valueOf(epoch.step()),
              number(epoch.trainLoss()),
              number(epoch.trainAccuracy()),
              number(epoch.validationLoss()),
              number(epoch.validationAccuracy()),
              number(epoch.learningRate()),
              number(epoch.seconds()),
              number(epoch.samplesPerSecond())));
    }
    return csv.toString();
  }

  /** One row a trial; a column for each key that was tried. */
  static String text(SweepReport report) {
    Set<String> keys = new LinkedHashSet<>();
    report.trials().forEach(trial -> keys.addAll(trial.params().keySet()));
    List<String> header = new ArrayList<>(List.of("id", "status"));
    header.addAll(keys);
    header.addAll(
        List.of(
            "epochs", "validation_accuracy", "validation_loss", "seconds", "executor", "error"));
    StringBuilder csv = new StringBuilder();
    row(csv, header);
    for (Trial trial : report.trials()) {
      List<String> cells =
          new ArrayList<>(List.of(trial.id(), trial.status().name().toLowerCase(Locale.ROOT)));
      for (String key : keys) {
        Object value = trial.params().get(key);
        cells.add(value == null ? "" : String.valueOf(value));
      }
      cells.add(String.valueOf(trial.epochs()));
      cells.add(number(trial.validationAccuracy()));
      cells.add(number(trial.validationLoss()));
      cells.add(number(trial.seconds()));
      cells.add(trial.executor() == null ? "" : trial.executor());
      cells.add(trial.error() == null ? "" : trial.error());
      row(csv, cells);
    }
    return csv.toString();
  }

  /** Adds a row. */
  static void row(StringBuilder csv, List<String> cells) {
    for (int i = 0; i < cells.size(); i++) {
      csv.append(i == 0 ? "" : ",").append(quoted(cells.get(i)));
    }
    csv.append('\n');
  }

  private static String quoted(String cell) {
    boolean plain = cell.chars().noneMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r');
    return plain ? cell : '"' + cell.replace("\"", "\"\"") + '"';
  }

  private static String number(@Nullable Double value) {
    return value == null || !Double.isFinite(value) ? "" : NumberOutput.toString(value, true);
  }
}
