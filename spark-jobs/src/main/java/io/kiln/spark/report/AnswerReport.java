package io.kiln.spark.report;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What there is to see of the answers that a trained network gave, beyond how many are right.
 *
 * @param on whose samples: {@code test} or {@code validation}
 * @param scores ROC and precision–recall curves: all decisions together first, then each class
 *     against the rest; null for a regression and for many classes
 * @param macroArea mean area under the ROC curves of the classes; null likewise
 * @param macroPrecision mean average precision of the classes; null likewise
 * @param calibration how far confidence can be trusted; null for a regression
 * @param worst the worst answers, the worst first
 * @param drawn some answers about pictures, drawn by lot, in the order of the samples
 * @param columns names of the numbers in {@link Shown#values}; null where these are none
 * @param pairs of a regression, some of its numbers and answers; else null
 */
public record AnswerReport(
    String on,
    @Nullable List<Scores> scores,
    @Nullable Double macroArea,
    @Nullable Double macroPrecision,
    @Nullable Calibration calibration,
    List<Shown> worst,
    List<Shown> drawn,
    @Nullable List<String> columns,
    @Nullable Pairs pairs) {
  /** Copies the lists. */
  @SuppressWarnings("ConstantValue") // Jackson gives null for what is not there
  public AnswerReport {
    worst = worst == null ? List.of() : List.copyOf(worst);
    drawn = drawn == null ? List.of() : List.copyOf(drawn);
  }

  /**
   * Curves of one decision.
   *
   * @param name of the class; {@code all together} for the micro average
   * @param area under the ROC curve, null if it has none
   * @param averagePrecision likewise
   * @param falsePositives rates along the ROC curve
   * @param truePositives likewise
   * @param recall along the precision–recall curve
   * @param precision likewise
   */
  public record Scores(
      String name,
      @Nullable Double area,
      @Nullable Double averagePrecision,
      List<Double> falsePositives,
      List<Double> truePositives,
      List<Double> recall,
      List<Double> precision) {}

  /**
   * A reliability diagram.
   *
   * @param error expected calibration error, 0 to 1
   * @param confidence mean confidence of the answers in each bin that has some
   * @param accuracy share of right ones among them
   * @param count of them
   */
  public record Calibration(
      double error, List<Double> confidence, List<Double> accuracy, List<Long> count) {}

  /**
   * An answer that is shown.
   *
   * @param sample its number, from 0
   * @param row of the sample's answers, if it has several; else null
   * @param truth right class or number
   * @param answer what was answered
   * @param probability of the answer; null in a regression
   * @param badness −ln of the right class's probability, or the absolute error
   * @param picture data URI of what was shown, or null
   * @param values what a row of a table holds, in the units of the data; or null
   */
  public record Shown(
      long sample,
      @Nullable Integer row,
      String truth,
      String answer,
      @Nullable Double probability,
      double badness,
      @Nullable String picture,
      @Nullable List<String> values) {}

  /** Numbers and what was answered, in the units of the data. */
  public record Pairs(List<Double> truth, List<Double> answer) {}
}
