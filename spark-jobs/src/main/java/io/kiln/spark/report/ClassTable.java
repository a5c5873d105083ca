package io.kiln.spark.report;

import io.kiln.nn.metric.ConfusionMatrix;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Precision, recall, F1 and areas of each class. */
final class ClassTable {
  private ClassTable() {}

  /** Adds what the template shows. */
  static void into(
      Map<String, Object> view,
      List<List<Long>> counts,
      List<String> classes,
      @Nullable List<String> names,
      @Nullable AnswerReport answers) {
    int n = counts.size();
    ConfusionMatrix matrix = new ConfusionMatrix(n);
    matrix.merge(counts.stream().flatMap(List::stream).mapToDouble(Long::doubleValue).toArray());
    Map<String, AnswerReport.Scores> scores = new HashMap<>();
    boolean onTest = answers != null && answers.on().equals("test") && answers.scores() != null;
    if (answers != null && answers.scores() != null) {
      answers.scores().forEach(one -> scores.put(one.name(), one));
    }
    List<Map<String, Object>> rows = new ArrayList<>();
    double[] sums = new double[3];
    long all = 0;
    for (int i = 0; i < n; i++) {
      long samples = counts.get(i).stream().mapToLong(Long::longValue).sum();
      AnswerReport.Scores own =
          scores.get(names != null && names.size() == n ? names.get(i) : String.valueOf(i));
      double[] each = {matrix.precision(i), matrix.recall(i), matrix.f1(i)};
      for (int k = 0; k < each.length; k++) {
        sums[k] += each[k] / n;
      }
      all += samples;
      Map<String, Object> row = new HashMap<>();
      row.put("name", classes.get(i));
      row.put("samples", samples);
      row.put("samplesText", Numbers.count(samples));
      row.put("precision", Numbers.percent(each[0]));
      row.put("recall", Numbers.percent(each[1]));
      row.put("f1", Numbers.percent(each[2]));
      row.put("area", area(own == null ? null : own.area()));
      row.put("average", area(own == null ? null : own.averagePrecision()));
      rows.add(row);
    }
    view.put("perClass", rows);
    view.put("hasAreas", onTest);
    view.put("allSamples", Numbers.count(all));
    view.put("macroPrecision", Numbers.percent(sums[0]));
    view.put("macroRecall", Numbers.percent(sums[1]));
    view.put("macroF1", Numbers.percent(sums[2]));
    view.put("macroArea", area(answers == null ? null : answers.macroArea()));
    view.put("macroAverage", area(answers == null ? null : answers.macroPrecision()));
  }

  /** An area under a curve, four digits. */
  static String area(@Nullable Double value) {
    return value == null || !Double.isFinite(value)
        ? "–"
        : String.format(Locale.ROOT, "%.4f", value);
  }
}
