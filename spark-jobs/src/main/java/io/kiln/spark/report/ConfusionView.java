package io.kiln.spark.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A confusion matrix as a heat map, and its most frequent mistakes. */
final class ConfusionView {
  private static final int MOST_CLASSES = 100;

  /** With more classes than these, longer names stand upright over their columns. */
  private static final int FEW = 5;

  private static final int SHORT = 4;
  private static final int MOST_WITH_NUMBERS = 20;
  private static final int MOST_MISTAKES = 8;

  private ConfusionView() {}

  /** What the template shows. */
  static Map<String, Object> of(
      List<List<Long>> counts, @Nullable List<String> names, @Nullable AnswerReport answers) {
    int n = counts.size();
    long[] truths = new long[n];
    long[] taken = new long[n];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        truths[i] += counts.get(i).get(j);
        taken[j] += counts.get(i).get(j);
      }
    }
    List<String> classes = ClassLabels.of(n, names);
    boolean matrix = n <= MOST_CLASSES;
    double most = mostMistaken(counts, truths);
    List<Map<String, Object>> rows = new ArrayList<>();
    List<String> precisions = new ArrayList<>();
    for (int i = 0; matrix && i < n; i++) {
      rows.add(row(counts, classes, truths, most, i));
      precisions.add(points(counts.get(i).get(i), taken[i]));
    }
    List<Map<String, Object>> mistakes = mistakes(counts, classes, truths);
    Map<String, Object> view = new LinkedHashMap<>();
    view.put("hasMatrix", matrix);
    boolean upright = n > FEW && classes.stream().anyMatch(name -> name.length() > SHORT);
    view.put("size", (n > MOST_WITH_NUMBERS ? "small" : "") + (upright ? " upright" : ""));
    view.put("classes", classes);
    view.put("rows", rows);
    view.put("precisions", precisions);
    view.put("hasMistakes", !mistakes.isEmpty());
    view.put("mistakes", mistakes);
    ClassTable.into(view, counts, classes, names, answers);
    return view;
  }

  private static Map<String, Object> row(
      List<List<Long>> counts, List<String> classes, long[] truths, double most, int i) {
    List<Map<String, Object>> cells = new ArrayList<>();
    for (int j = 0; j < classes.size(); j++) {
      long count = counts.get(i).get(j);
      double share = truths[i] == 0 ? 0 : (double) count / truths[i];
      cells.add(
          Map.of(
              "count",
              Numbers.count(count),
              "kind",
              count == 0 ? "zero" : "",
              "colour",
              i == j ? "--heat-right" : "--heat",
              "alpha",
              String.format(Locale.ROOT, "%.3f", i == j ? 0.08 + 0.5 * share : alpha(share, most)),
              "title",
              classes.get(i) + " taken for " + classes.get(j) + ": " + Numbers.count(count)));
    }
    return Map.of(
        "name", classes.get(i), "cells", cells, "recall", points(counts.get(i).get(i), truths[i]));
  }

  /** Mistakes are rare: the colour grows with the root, and the worst one is always seen. */
  private static double alpha(double share, double most) {
    return most == 0 ? 0 : Math.sqrt(share / most) * (0.35 + 0.5 * Math.min(1, most / 0.2));
  }

  /** The greatest part of a class that is taken for one other. */
  private static double mostMistaken(List<List<Long>> counts, long[] truths) {
    double most = 0;
    for (int i = 0; i < truths.length; i++) {
      for (int j = 0; j < truths.length; j++) {
        if (i != j && truths[i] > 0) {
          most = Math.max(most, (double) counts.get(i).get(j) / truths[i]);
        }
      }
    }
    return most;
  }

  private record Mistake(int truth, int taken, long count) {}

  private static List<Map<String, Object>> mistakes(
      List<List<Long>> counts, List<String> classes, long[] truths) {
    List<Mistake> all = new ArrayList<>();
    for (int i = 0; i < classes.size(); i++) {
      for (int j = 0; j < classes.size(); j++) {
        if (i != j && counts.get(i).get(j) > 0) {
          all.add(new Mistake(i, j, counts.get(i).get(j)));
        }
      }
    }
    all.sort(Comparator.comparingLong(Mistake::count).reversed());
    return all.stream()
        .limit(MOST_MISTAKES)
        .map(
            mistake ->
                Map.<String, Object>of(
                    "truth", classes.get(mistake.truth()),
                    "taken", classes.get(mistake.taken()),
                    "count", Numbers.count(mistake.count()),
                    "share", rate(mistake.count(), truths[mistake.truth()])))
        .toList();
  }

  private static String rate(long part, long whole) {
    return whole == 0 ? "–" : points(part, whole) + " %";
  }

  private static String points(long part, long whole) {
    return whole == 0 ? "–" : String.format(Locale.ROOT, "%.1f", 100.0 * part / whole);
  }
}
