package io.kiln.spark.report;

import io.kiln.spark.report.RunReport.Baseline;
import io.kiln.spark.report.RunReport.Score;
import io.kiln.spark.report.RunReport.Test;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What one gets without learning, and errors of numbers, in words. */
final class BaselineText {
  private BaselineText() {}

  /** The answer and how it does on the test set, or else in validation. */
  static String of(Baseline baseline) {
    Score score = baseline.test() != null ? baseline.test() : baseline.validation();
    if (score == null) {
      return "always " + baseline.answer();
    }
    List<String> parts = new ArrayList<>();
    if (score.accuracy() != null) {
      parts.add("accuracy " + Numbers.percent(score.accuracy()));
    }
    if (score.rmse() != null) {
      parts.add("RMSE " + Numbers.loss(score.rmse()));
    }
    if (score.mae() != null) {
      parts.add("MAE " + Numbers.loss(score.mae()));
    }
    if (score.loss() != null) {
      parts.add("loss " + Numbers.loss(score.loss()));
    }
    return "always "
        + baseline.answer()
        + ": "
        + String.join(", ", parts)
        + (baseline.test() == null ? " in validation" : "");
  }

  /** A short one to stand beside a number of the test; empty if there is none. */
  static String beside(@Nullable Baseline baseline) {
    Score score = baseline == null ? null : baseline.test();
    if (score == null || (score.accuracy() == null && score.rmse() == null)) {
      return "";
    }
    return "; baseline "
        + (score.accuracy() != null
            ? Numbers.percent(score.accuracy())
            : Numbers.loss(score.rmse()));
  }

  /** {@code MAE 48000, R² 0.64}. */
  static String errors(Test test) {
    return test.mae() == null
        ? "loss " + Numbers.loss(test.loss())
        : "MAE "
            + Numbers.loss(test.mae())
            + (test.r2() == null ? "" : ", R² " + Numbers.loss(test.r2()));
  }
}
