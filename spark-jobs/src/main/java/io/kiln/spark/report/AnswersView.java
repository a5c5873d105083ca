package io.kiln.spark.report;

import io.kiln.nn.metric.ScoreBins;
import io.kiln.spark.report.AnswerReport.Shown;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a run's page shows of answers beyond the confusion matrix. */
final class AnswersView {
  private AnswersView() {}

  /** What the template shows; false if nothing is known. */
  static Object of(@Nullable AnswerReport answers) {
    if (answers == null) {
      return false;
    }
    Map<String, Object> view = new LinkedHashMap<>();
    view.put("on", answers.on());
    view.put(
        "heading",
        answers.calibration() == null
            ? "How far off it is"
            : "How sure it is, and how far one can trust that");
    List<AnswerReport.Scores> scores = answers.scores();
    view.put("scores", scores == null ? false : scores(answers, scores));
    AnswerReport.Calibration calibration = answers.calibration();
    view.put(
        "calibration",
        calibration == null || calibration.count().isEmpty() ? false : calibration(calibration));
    AnswerReport.Pairs pairs = answers.pairs();
    view.put("pairs", pairs == null ? false : pairs(pairs));
    worst(answers, view);
    drawn(answers, view);
    return view;
  }

  private static Map<String, Object> scores(
      AnswerReport answers, List<AnswerReport.Scores> scores) {
    AnswerReport.Scores first = scores.get(0);
    boolean several = scores.size() > 1;
    return Map.of(
        "several",
        several,
        "bins",
        ScoreBins.BINS,
        "areas",
        areas("area", first.area(), several ? answers.macroArea() : null),
        "averages",
        areas(
            "average precision",
            first.averagePrecision(),
            several ? answers.macroPrecision() : null));
  }

  private static String areas(String what, @Nullable Double micro, @Nullable Double macro) {
    if (micro == null) {
      return "";
    }
    return ": "
        + what
        + " "
        + ClassTable.area(micro)
        + (macro == null ? "" : " all together, " + ClassTable.area(macro) + " mean of classes");
  }

  private static Map<String, Object> calibration(AnswerReport.Calibration calibration) {
    double more = 0;
    double all = 0;
    for (int i = 0; i < calibration.count().size(); i++) {
      double off = calibration.confidence().get(i) - calibration.accuracy().get(i);
      more += off * calibration.count().get(i);
      all += calibration.count().get(i);
    }
    double mean = more / all;
    String sense =
        Math.abs(mean) < 0.005
            ? "On the whole it is as sure as it is right."
            : String.format(
                Locale.ROOT,
                "On the whole it is surer than it is right by %.1f points.",
                100 * mean);
    if (mean <= -0.005) {
      sense =
          String.format(
              Locale.ROOT,
              "On the whole it is right more often than it is sure by %.1f points.",
              -100 * mean);
    }
    return Map.of(
        "error",
        String.format(Locale.ROOT, "%.2f points", 100 * calibration.error()),
        "sense",
        sense);
  }

  private static Map<String, Object> pairs(AnswerReport.Pairs pairs) {
    int n = pairs.truth().size();
    double sum = 0;
    double absolute = 0;
    for (int i = 0; i < n; i++) {
      double off = pairs.answer().get(i) - pairs.truth().get(i);
      sum += off;
      absolute += Math.abs(off);
    }
    return Map.of(
        "pairsNote",
        n
            + " samples"
            + (n == io.kiln.nn.train.AnswerDetails.PAIRS ? ", drawn from all" : "")
            + ".",
        "residualNote",
        "Of these: off by "
            + Numbers.loss(absolute / n)
            + " on average, "
            + Numbers.loss(sum / n)
            + " with its sign.");
  }

  private static void worst(AnswerReport answers, Map<String, Object> view) {
    List<Shown> worst = answers.worst();
    boolean pictures = worst.stream().anyMatch(answer -> answer.picture() != null);
    boolean numbers = answers.calibration() == null;
    view.put("hasWorst", !worst.isEmpty());
    view.put("hasPictures", pictures);
    view.put("worstScroll", pictures ? "" : "scroll");
    view.put("columns", answers.columns() == null ? List.of() : answers.columns());
    view.put("badnessTitle", numbers ? "Off by" : "Chance given to the right class");
    view.put(
        "worstNote",
        numbers
            ? "Those that are off by most, in the units of the data."
            : "Those that are wrong and gave the right class the least chance.");
    List<Map<String, Object>> rows = new ArrayList<>();
    for (Shown one : worst) {
      Map<String, Object> row = row(one);
      row.put("badness", numbers ? Numbers.loss(one.badness()) : chance(one.badness()));
      row.put("values", one.values() == null ? List.of() : one.values());
      rows.add(row);
    }
    view.put("worst", rows);
  }

  private static void drawn(AnswerReport answers, Map<String, Object> view) {
    List<Map<String, Object>> rows = new ArrayList<>();
    for (Shown one : answers.drawn()) {
      Map<String, Object> row = row(one);
      row.put("right", one.truth().equals(one.answer()));
      rows.add(row);
    }
    view.put("hasDrawn", !rows.isEmpty());
    view.put("drawn", rows);
  }

  private static Map<String, Object> row(Shown one) {
    Map<String, Object> row = new LinkedHashMap<>();
    row.put(
        "sample", one.row() == null ? Numbers.count(one.sample()) : one.sample() + ":" + one.row());
    row.put("truth", ClassLabels.visible(one.truth()));
    row.put("answer", ClassLabels.visible(one.answer()));
    row.put("picture", one.picture() == null ? false : one.picture());
    row.put(
        "sure",
        one.probability() == null
            ? "off by " + Numbers.loss(one.badness())
            : String.format(Locale.ROOT, "%.1f %% sure", 100 * one.probability()));
    return row;
  }

  private static String chance(double surprise) {
    double chance = Math.exp(-surprise);
    return chance >= 1e-4
        ? String.format(Locale.ROOT, "%.2f %%", 100 * chance)
        : String.format(Locale.ROOT, "%.0e", chance);
  }
}
