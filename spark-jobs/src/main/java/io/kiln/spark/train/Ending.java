package io.kiln.spark.train;

import io.kiln.spark.report.RunReport;
import java.util.List;
import java.util.Locale;

/** The last line of a run, for a person. */
final class Ending {
  private Ending() {}

  static String line(RunReport report) {
    StringBuilder line = new StringBuilder();
    List<RunReport.Epoch> history = report.history();
    RunReport.Test test = report.test();
    if (test != null) {
      Double accuracy = test.accuracy();
      Double rmse = test.rmse();
      if (accuracy != null) {
        line.append(String.format(Locale.ROOT, "test accuracy %.2f %%, ", 100 * accuracy));
      } else if (rmse != null) {
        line.append(String.format(Locale.ROOT, "test rmse %.5g, ", rmse));
      }
      line.append(String.format(Locale.ROOT, "test loss %.4f, ", test.loss()));
    }
    line.append(history.size()).append(history.size() == 1 ? " epoch" : " epochs");
    double seconds = history.stream().mapToDouble(RunReport.Epoch::seconds).sum();
    line.append(String.format(Locale.ROOT, " in %.1f s; ", seconds));
    String sha256 = report.weightsSha256();
    String error = report.error();
    return line.append(sha256 != null ? "weights " + sha256 : error).toString();
  }
}
