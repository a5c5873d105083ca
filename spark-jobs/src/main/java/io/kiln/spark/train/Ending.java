package io.kiln.spark.train;

import io.kiln.spark.report.Numbers;
import io.kiln.spark.report.RunFolder;
import io.kiln.spark.report.RunReport;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The last lines of a run, for a person. */
final class Ending {
  private Ending() {}

  /** What came out, and where more is to be seen. */
  static void print(RunFolder folder, PrintStream out) {
    out.println(line(folder.report()));
    out.println("report: " + folder.path("report.html"));
  }

  /** What one gets without learning, in brackets. */
  private static String beside(RunReport report, @Nullable String always) {
    RunReport.Baseline baseline = report.baseline();
    return always == null || baseline == null
        ? ""
        : " (always " + baseline.answer() + ": " + always + ")";
  }

  private static String line(RunReport report) {
    StringBuilder line = new StringBuilder();
    List<RunReport.Epoch> history = report.history();
    RunReport.Test test = report.test();
    RunReport.Baseline baseline = report.baseline();
    RunReport.Score score = baseline == null ? null : baseline.test();
    if (test != null) {
      Double accuracy = test.accuracy();
      Double rmse = test.rmse();
      if (accuracy != null) {
        Double always = score == null ? null : score.accuracy();
        line.append(
            String.format(
                Locale.ROOT,
                "test accuracy %s%s, ",
                Numbers.percent(accuracy),
                beside(report, always == null ? null : Numbers.percent(always))));
      } else if (rmse != null) {
        Double always = score == null ? null : score.rmse();
        line.append(
            String.format(
                Locale.ROOT,
                "test rmse %s%s, ",
                Numbers.loss(rmse),
                beside(report, always == null ? null : Numbers.loss(always))));
      }
      List<Double> bleu = test.bleu();
      if (bleu != null) {
        line.append("BLEU-1 … 4");
        bleu.forEach(one -> line.append(String.format(Locale.ROOT, " %.3f", one)));
        line.append(", ");
      }
      line.append("test loss ").append(Numbers.loss(test.loss())).append(", ");
    }
    line.append(history.size()).append(history.size() == 1 ? " epoch" : " epochs");
    double seconds = history.stream().mapToDouble(RunReport.Epoch::seconds).sum();
    line.append(String.format(Locale.ROOT, " in %.1f s; ", seconds));
    String sha256 = report.weightsSha256();
    String error = report.error();
    return line.append(sha256 != null ? "weights " + sha256 : error).toString();
  }
}
