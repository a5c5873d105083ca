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

  private SweepView() {}

  /** All trials, best first. */
  static List<Map<String, Object>> trials(Ranking ranking) {
    List<Map<String, Object>> rows = new ArrayList<>();
    for (Trial trial : ranking.ranked()) {
      Double value = ranking.value(trial);
      List<String> params = new ArrayList<>();
      for (String key : ranking.keys()) {
        Object param = trial.params().get(key);
        params.add(param == null ? "" : Page.value(param));
      }
      Map<String, Object> row = new LinkedHashMap<>();
      row.put("rank", value == null ? "" : rows.size() + 1);
      row.put("id", trial.id());
      row.put("link", trial.id() + (trial.deviation() == null ? "" : "/fold-1") + "/report.html");
      row.put("linked", value != null && trial.id().matches("[A-Za-z0-9._-]+"));
      row.put("kind", trial.id().equals(ranking.bestId()) ? "best" : "");
      row.put("params", params);
      row.put("value", ranking.text(value));
      row.put("width", value == null ? "0" : Page.width(0.05 + ranking.share(value), 1.05));
      row.put("epochs", trial.epochs());
      row.put("time", Numbers.duration(trial.seconds()));
      row.put("executor", trial.executor() == null ? "" : trial.executor());
      row.put("status", trial.status().name().toLowerCase(Locale.ROOT));
      row.put("error", trial.error() == null ? "" : trial.error());
      rows.add(row);
    }
    return rows;
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

  /** The first two keys as a heat map of the best metric; false if there are not two. */
  static Object heat(Ranking ranking) {
    List<String> keys = new ArrayList<>();
    for (String key : ranking.keys()) {
      int values = ranking.by(key).size();
      if (values >= 2 && values <= MOST_VALUES) {
        keys.add(key);
      }
    }
    if (keys.size() < 2) {
      return false;
    }
    List<String> columns = List.copyOf(ranking.by(keys.get(1)).keySet());
    List<Map<String, Object>> rows = new ArrayList<>();
    ranking
        .by(keys.get(0))
        .forEach(
            (value, trials) -> {
              List<Map<String, Object>> cells = new ArrayList<>();
              for (String column : columns) {
                cells.add(cell(ranking, trials, keys.get(1), column));
              }
              rows.add(Map.of("value", value, "cells", cells));
            });
    return Map.of(
        "rowKey", keys.get(0), "columnKey", keys.get(1), "columns", columns, "rows", rows);
  }

  private static Map<String, Object> cell(
      Ranking ranking, List<Trial> trials, String key, String column) {
    List<Trial> here = new ArrayList<>();
    for (Trial trial : trials) {
      Object value = trial.params().get(key);
      if (value != null && Page.value(value).equals(column)) {
        here.add(trial);
      }
    }
    Double best = best(ranking, here);
    double alpha = best == null ? 0 : 0.05 + 0.6 * Math.pow(ranking.share(best), 2);
    boolean winner = here.stream().anyMatch(trial -> trial.id().equals(ranking.bestId()));
    return Map.of(
        "kind", winner ? "best" : "",
        "alpha", String.format(Locale.ROOT, "%.3f", alpha),
        "text", here.isEmpty() ? "" : ranking.text(best));
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
