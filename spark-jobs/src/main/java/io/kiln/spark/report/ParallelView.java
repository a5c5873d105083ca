package io.kiln.spark.report;

import io.kiln.spark.report.SweepReport.Trial;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Trials as lines through one axis a key and one for the metric. */
final class ParallelView {
  private static final double WIDTH = 1000;
  private static final double HEIGHT = 320;
  private static final double TOP = 44;
  private static final double BOTTOM = 300;
  private static final double LEFT = 110;
  private static final double RIGHT = 900;
  private static final int MOST_TICKS = 8;

  private ParallelView() {}

  /** One axis: positions of values from 0 (bottom) to 1 (top). */
  private record Axis(String key, Map<String, Double> places) {}

  /** What the template shows; false for fewer than two keys with two values, or two trials. */
  static Object of(Ranking ranking) {
    List<Axis> axes = new ArrayList<>();
    for (String key : ranking.keys()) {
      List<String> values = List.copyOf(ranking.by(key).keySet());
      if (values.size() >= 2) {
        Map<String, Double> places = new LinkedHashMap<>();
        for (String value : values) {
          places.put(value, (double) places.size() / (values.size() - 1));
        }
        axes.add(new Axis(key, places));
      }
    }
    long scored = ranking.ranked().stream().filter(trial -> ranking.value(trial) != null).count();
    if (axes.size() < 2 || scored < 2) {
      return false;
    }
    List<Map<String, Object>> drawn = new ArrayList<>();
    for (int i = 0; i < axes.size(); i++) {
      drawn.add(axis(axes.get(i), i, axes.size()));
    }
    drawn.add(metricAxis(ranking, axes.size()));
    List<Map<String, Object>> paths = new ArrayList<>();
    List<Trial> ranked = ranking.ranked();
    for (int i = ranked.size() - 1; i >= 0; i--) { // the best is drawn last, on top
      Map<String, Object> path = path(ranking, axes, ranked.get(i));
      if (path != null) {
        paths.add(path);
      }
    }
    return Map.of("width", number(WIDTH), "height", number(HEIGHT), "axes", drawn, "paths", paths);
  }

  private static Map<String, Object> axis(Axis axis, int i, int n) {
    List<Map<String, Object>> ticks = new ArrayList<>();
    int every = Math.max(1, (axis.places().size() + MOST_TICKS - 1) / MOST_TICKS);
    int at = 0;
    for (Map.Entry<String, Double> place : axis.places().entrySet()) {
      if (at++ % every == 0) {
        ticks.add(tick(x(i, n), y(place.getValue()), place.getKey(), "end", -8));
      }
    }
    return drawn(axis.key(), x(i, n), ticks);
  }

  private static Map<String, Object> metricAxis(Ranking ranking, int n) {
    Trial best = ranking.best();
    Trial worst = ranking.worst();
    List<Map<String, Object>> ticks = new ArrayList<>();
    if (best != null) {
      ticks.add(tick(x(n, n), y(1), ranking.text(ranking.value(best)), "start", 8));
    }
    if (worst != null) {
      ticks.add(tick(x(n, n), y(0), ranking.text(ranking.value(worst)), "start", 8));
    }
    return drawn(ranking.metricName(), x(n, n), ticks);
  }

  private static Map<String, Object> drawn(String key, double x, List<Map<String, Object>> ticks) {
    return Map.of(
        "key", key,
        "x", number(x),
        "top", number(TOP),
        "bottom", number(BOTTOM),
        "titleY", number(TOP - 20),
        "anchor", "middle",
        "ticks", ticks);
  }

  private static Map<String, Object> tick(
      double x, double y, String text, String anchor, double aside) {
    return Map.of("x", number(x + aside), "y", number(y + 4), "text", text, "anchor", anchor);
  }

  private static @Nullable Map<String, Object> path(Ranking ranking, List<Axis> axes, Trial trial) {
    Double value = ranking.value(trial);
    if (value == null) {
      return null;
    }
    StringBuilder d = new StringBuilder();
    double lastX = 0;
    double lastY = 0;
    for (int i = 0; i <= axes.size(); i++) {
      Double place = ranking.share(value);
      if (i < axes.size()) {
        Object param = trial.params().get(axes.get(i).key());
        place = param == null ? null : axes.get(i).places().get(Page.value(param));
      }
      if (place == null) {
        return null;
      }
      double x = x(i, axes.size());
      double y = y(place);
      double middle = (lastX + x) / 2;
      d.append(
          i == 0
              ? String.format(Locale.ROOT, "M%.1f %.1f", x, y)
              : String.format(
                  Locale.ROOT, " C%.1f %.1f %.1f %.1f %.1f %.1f", middle, lastY, middle, y, x, y));
      lastX = x;
      lastY = y;
    }
    boolean best = trial.id().equals(ranking.bestId());
    double share = ranking.share(value);
    return Map.of(
        "kind",
        best ? "best" : "",
        "d",
        d.toString(),
        "alpha",
        number(best ? 1 : 0.12 + 0.68 * share * share),
        "title",
        ranking.describe(trial) + ": " + ranking.text(value));
  }

  private static double x(int i, int n) {
    return LEFT + (RIGHT - LEFT) * i / n;
  }

  private static double y(double place) {
    return BOTTOM - (BOTTOM - TOP) * place;
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.2f", value);
  }
}
