package io.kiln.spark.train;

import io.kiln.spark.report.RunFolder;
import io.kiln.spark.report.RunReport;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;

/** The last lines of a run, for a person. */
final class Ending {
  private Ending() {}

  /** What came out, and where more is to be seen. */
  static void print(RunFolder folder, PrintStream out) {
    out.println(line(folder.report()));
    out.println("report: " + folder.path("report.html"));
  }

  private static String line(RunReport report) {
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
