package io.kiln.spark.report;

import io.kiln.spark.report.SweepReport.Trial;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Trials as lines through one axis a key and one for the metric. Labels stand on grounds of their
 * own above the lines; on a narrow page the picture keeps its size and scrolls.
 */
final class ParallelView {
  private static final double HEIGHT = 330;
  private static final double TOP = 52;
  private static final double BOTTOM = 310;
  private static final double APART = 190;
  private static final double LETTER = 7.4;

  /** Room beside the first and the last axis. */
  private static final double BESIDE = 95;

  private ParallelView() {}

  /** What the template shows; false for fewer than two keys with two values, or two trials. */
  static Object of(Ranking ranking) {
    List<ParamAxis> axes = new ArrayList<>();
    for (String key : ranking.keys()) {
      ParamAxis axis = ParamAxis.of(ranking, key);
      if (axis != null) {
        axes.add(axis);
      }
    }
    long scored = ranking.ranked().stream().filter(trial -> ranking.value(trial) != null).count();
    if (axes.size() < 2 || scored < 2) {
      return false;
    }
    double widest = 0;
    for (ParamAxis axis : axes) {
      widest = Math.max(widest, LETTER * title(axis).length());
    }
    double beside = Math.max(BESIDE, widest / 2 + 4);
    double apart = Math.max(APART, widest + 14);
    double width = 2 * beside + apart * axes.size();
    List<Map<String, Object>> drawn = new ArrayList<>();
    for (int i = 0; i < axes.size(); i++) {
      List<Map<String, Object>> ticks = new ArrayList<>();
      for (ParamAxis.Tick tick : axes.get(i).ticks(ranking)) {
        ticks.add(tick(beside + apart * i, tick.place(), tick.label(), true));
      }
      drawn.add(drawn(title(axes.get(i)), beside + apart * i, ticks));
    }
    drawn.add(metricAxis(ranking, beside + apart * axes.size()));
    List<Map<String, Object>> paths = new ArrayList<>();
    List<Trial> ranked = ranking.ranked();
    for (int i = ranked.size() - 1; i >= 0; i--) { // the best is drawn last, on top
      Map<String, Object> path = path(ranking, axes, ranked.get(i), beside, apart);
      if (path != null) {
        paths.add(path);
      }
    }
    return Map.of("width", number(width), "height", number(HEIGHT), "axes", drawn, "paths", paths);
  }

  private static String title(ParamAxis axis) {
    return axis.key() + (axis.log() ? " (log)" : "");
  }

  private static Map<String, Object> metricAxis(Ranking ranking, double x) {
    Trial best = ranking.best();
    Trial worst = ranking.worst();
    List<Map<String, Object>> ticks = new ArrayList<>();
    if (best != null) {
      ticks.add(tick(x, 1, ranking.text(ranking.value(best)), false));
    }
    if (worst != null) {
      ticks.add(tick(x, 0, ranking.text(ranking.value(worst)), false));
    }
    return drawn(ranking.metricName(), x, ticks);
  }

  private static Map<String, Object> drawn(String key, double x, List<Map<String, Object>> ticks) {
    return Map.of(
        "key", key,
        "x", number(x),
        "top", number(TOP),
        "bottom", number(BOTTOM),
        "titleY", number(TOP - 24),
        "ticks", ticks);
  }

  /** A label beside an axis on a ground of its own, which hides the lines behind it. */
  private static Map<String, Object> tick(double x, double place, String label, boolean left) {
    String text = label.length() > 18 ? label.substring(0, 17) + "…" : label;
    double wide = 7 * text.length() + 8;
    double at = left ? x - 7 - wide : x + 7;
    return Map.of(
        "x", number(at),
        "y", number(y(place) - 9),
        "width", number(wide),
        "textX", number(at + wide / 2),
        "textY", number(y(place) + 4),
        "axisX", number(x),
        "axisY", number(y(place)),
        "text", text,
        "whole", label);
  }

  private static @Nullable Map<String, Object> path(
      Ranking ranking, List<ParamAxis> axes, Trial trial, double beside, double apart) {
    Double value = ranking.value(trial);
    if (value == null) {
      return null;
    }
    StringBuilder d = new StringBuilder();
    boolean gap = true;
    for (int i = 0; i <= axes.size(); i++) {
      Double place =
          i < axes.size()
              ? axes.get(i).place(trial.params().get(axes.get(i).key()))
              : Double.valueOf(ranking.share(value));
      if (place == null) {
        gap = true; // a key that this trial does not have
        continue;
      }
      d.append(
          String.format(
              Locale.ROOT, gap ? "M%.1f %.1f" : "L%.1f %.1f", beside + apart * i, y(place)));
      gap = false;
    }
    boolean best = trial.id().equals(ranking.bestId());
    return Map.of(
        "kind",
        best ? "best" : rank(ranking.share(value)),
        "d",
        d.toString(),
        "title",
        ranking.describe(trial) + ": " + ranking.text(value));
  }

  /** Which of six colours a share of the way from the worst to the best has. */
  static String rank(double share) {
    return "r" + (int) Math.max(0, Math.min(5, Math.floor(6 * share)));
  }

  private static double y(double place) {
    return BOTTOM - (BOTTOM - TOP) * place;
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.1f", value);
  }
}
