package io.kiln.spark.report;

import io.kiln.spark.report.SweepReport.Trial;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The tables of a sweep. */
final class SweepView {
  private static final int MOST_VALUES = 16;
  private static final int MOST_POINTS = 400;

  private SweepView() {}

  /** All trials, best first. */
  static List<Map<String, Object>> trials(Ranking ranking) {
    List<Map<String, Object>> rows = new ArrayList<>();
    for (Trial trial : ranking.ranked()) {
      Double value = ranking.value(trial);
      List<Map<String, Object>> params = new ArrayList<>();
      for (String key : ranking.keys()) {
        Object param = trial.params().get(key);
        Double number = param == null ? null : ParamAxis.number(param);
        params.add(
            Map.of(
                "text",
                param == null ? "" : Page.value(param),
                "sort",
                number == null ? "" : "data-v=" + number));
      }
      Map<String, Object> row = new LinkedHashMap<>();
      row.put("rank", value == null ? "" : rows.size() + 1);
      row.put("id", trial.id());
      row.put("link", trial.id() + (trial.deviation() == null ? "" : "/fold-1") + "/report.html");
      row.put("linked", value != null && trial.id().matches("[A-Za-z0-9._-]+"));
      row.put("kind", trial.id().equals(ranking.bestId()) ? "best" : "");
      row.put("params", params);
      row.put("value", ranking.text(value));
      row.put("number", value == null ? "" : String.valueOf(value));
      row.put("seconds", String.valueOf(trial.seconds()));
      row.put("width", value == null ? "0" : Page.width(0.05 + ranking.share(value), 1.05));
      row.put("epochs", trial.epochs());
      row.put("time", Numbers.duration(trial.seconds()));
      row.put("executor", trial.executor() == null ? "" : trial.executor());
      row.put("status", trial.status().name().toLowerCase(Locale.ROOT));
      row.put("error", trial.error() == null ? false : trial.error());
      rows.add(row);
    }
    return rows;
  }

  /**
   * For each key, the metric of all trials over its values: what the script draws.
   *
   * @param id of the canvas
   * @param key dotted
   * @param log whether the axis is logarithmic
   * @param labels categories, or null for numbers
   * @param points of trials that have a value: where, metric, which trial
   */
  record Scatter(
      String id,
      String key,
      boolean log,
      @Nullable List<String> labels,
      List<Map<String, Object>> points) {}

  /** The scatter plots of all keys. */
  static List<Scatter> scatters(Ranking ranking) {
    List<Scatter> scatters = new ArrayList<>();
    for (String key : ranking.keys()) {
      ParamAxis axis = ParamAxis.of(ranking, key);
      if (axis == null) {
        continue;
      }
      List<Map<String, Object>> points = new ArrayList<>();
      for (Trial trial : ranking.ranked()) {
        Object param = trial.params().get(key);
        Double value = ranking.value(trial);
        if (param == null || value == null || points.size() >= MOST_POINTS) {
          continue;
        }
        Double number = axis.numeric() ? ParamAxis.number(param) : null;
        double x = number != null ? number : axis.categories().indexOf(Page.value(param));
        points.add(
            Map.of(
                "x",
                x,
                "y",
                value,
                "title",
                trial.id() + ": " + ranking.describe(trial),
                "best",
                trial.id().equals(ranking.bestId())));
      }
      scatters.add(
          new Scatter(
              "scatter" + scatters.size(),
              key,
              axis.log(),
              axis.numeric() ? null : axis.categories(),
              points));
    }
    return scatters;
  }

  /**
   * For each key, the best and the mean of each of its values; keys with many values are left out.
   */
  static List<Map<String, Object>> axes(Ranking ranking) {
    List<Map<String, Object>> axes = new ArrayList<>();
    for (String key : ranking.keys()) {
      Map<String, List<Trial>> groups = ranking.by(key);
      if (groups.size() < 2 || groups.size() > MOST_VALUES) {
        continue;
      }
      List<Map<String, Object>> values = new ArrayList<>();
      groups.forEach(
          (value, trials) -> {
            Double best = best(ranking, trials);
            boolean holdsBest =
                trials.stream().anyMatch(trial -> trial.id().equals(ranking.bestId()));
            values.add(
                Map.of(
                    "value",
                    value,
                    "kind",
                    holdsBest ? "best" : "",
                    "best",
                    ranking.text(best),
                    "mean",
                    ranking.text(mean(ranking, trials)),
                    "trials",
                    trials.size(),
                    "width",
                    best == null ? "0" : Page.width(0.05 + ranking.share(best), 1.05)));
          });
      axes.add(Map.of("key", key, "values", values));
    }
    return axes;
  }

  private static @Nullable Double best(Ranking ranking, List<Trial> trials) {
    Double best = null;
    for (Trial trial : trials) {
      Double value = ranking.value(trial);
      if (value != null && (best == null || ranking.share(value) > ranking.share(best))) {
        best = value;
      }
    }
    return best;
  }

  private static @Nullable Double mean(Ranking ranking, List<Trial> trials) {
    double sum = 0;
    int n = 0;
    for (Trial trial : trials) {
      Double value = ranking.value(trial);
      if (value != null) {
        sum += value;
        n++;
      }
    }
    return n == 0 ? null : sum / n;
  }
}
