package io.kiln.spark.report;

import io.kiln.spark.report.SweepReport.Trial;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The best metric over two keys, those that matter most: numbers with many values are cut into
 * parts of equal length along their axis.
 */
final class HeatView {
  private static final int MOST_VALUES = 10;
  private static final int PARTS = 6;

  private HeatView() {}

  /**
   * One key of the two.
   *
   * @param exact whether the labels are its values, else parts of its axis
   */
  private record Side(ParamAxis axis, boolean exact, List<String> labels) {
    /** Null if the key has too many values and no axis of numbers. */
    static @Nullable Side of(Ranking ranking, String key) {
      ParamAxis axis = ParamAxis.of(ranking, key);
      if (axis == null) {
        return null;
      }
      List<String> values = List.copyOf(ranking.by(key).keySet());
      if (values.size() <= MOST_VALUES) {
        return new Side(axis, true, values);
      }
      if (!axis.numeric()) {
        return null;
      }
      List<String> parts = new ArrayList<>();
      for (int i = 0; i < PARTS; i++) {
        parts.add(few(axis.value((double) i / PARTS)) + " – " + few(axis.value((i + 1.0) / PARTS)));
      }
      return new Side(axis, false, parts);
    }

    /** Which label a trial has; −1 for none. */
    int at(Trial trial) {
      Object value = trial.params().get(axis.key());
      if (value == null) {
        return -1;
      }
      if (exact) {
        return labels.indexOf(Page.value(value));
      }
      Double place = axis.place(value);
      return place == null ? -1 : (int) Math.min(PARTS - 1, Math.floor(PARTS * place));
    }
  }

  private static String few(double value) {
    return String.format(Locale.ROOT, "%.2g", value).replaceAll("\\.?0+(e|$)", "$1");
  }

  /** What the template shows; false if there are not two keys with several values. */
  static Object of(Ranking ranking, @Nullable Map<String, Double> importance) {
    List<Side> sides = new ArrayList<>();
    for (String key : ranking.keys()) {
      Side side = Side.of(ranking, key);
      if (side != null) {
        sides.add(side);
      }
    }
    if (importance != null) {
      sides.sort(
          Comparator.comparingDouble(side -> -importance.getOrDefault(side.axis().key(), 0.0)));
    }
    if (sides.size() < 2) {
      return false;
    }
    Side down = sides.get(0);
    Side across = sides.get(1);
    List<Map<String, Object>> rows = new ArrayList<>();
    for (int i = 0; i < down.labels().size(); i++) {
      List<Map<String, Object>> cells = new ArrayList<>();
      for (int j = 0; j < across.labels().size(); j++) {
        List<Trial> here = new ArrayList<>();
        for (Trial trial : ranking.ranked()) {
          if (down.at(trial) == i && across.at(trial) == j) {
            here.add(trial);
          }
        }
        cells.add(cell(ranking, here));
      }
      rows.add(Map.of("value", down.labels().get(i), "cells", cells));
    }
    return Map.of(
        "rowKey", down.axis().key(),
        "columnKey", across.axis().key(),
        "columns", across.labels(),
        "rows", rows);
  }

  private static Map<String, Object> cell(Ranking ranking, List<Trial> here) {
    Double best =
        here.stream().map(ranking::value).filter(Objects::nonNull).findFirst().orElse(null);
    double alpha = best == null ? 0 : 0.05 + 0.45 * Math.pow(ranking.share(best), 2);
    boolean winner = here.stream().anyMatch(trial -> trial.id().equals(ranking.bestId()));
    return Map.of(
        "kind", winner ? "best" : "",
        "alpha", String.format(Locale.ROOT, "%.3f", alpha),
        "text", here.isEmpty() ? "" : ranking.text(best));
  }
}
