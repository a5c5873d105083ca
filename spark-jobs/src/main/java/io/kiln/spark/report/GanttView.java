package io.kiln.spark.report;

import io.kiln.spark.report.SweepReport.Trial;
import io.kiln.spark.report.SweepReport.TrialStatus;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Which executor worked on which trial when; trials at the same time are in lanes of their own. */
final class GanttView {
  private static final int MOST_LANES = 200;

  private GanttView() {}

  /** What the template shows; false if no trial says when it began. */
  static Object of(Ranking ranking) {
    Map<String, List<Trial>> executors = new TreeMap<>();
    double end = 0;
    for (Trial trial : ranking.report().trials()) {
      if (trial.start() != null && trial.seconds() > 0) {
        String executor = trial.executor() == null ? "?" : trial.executor();
        executors.computeIfAbsent(executor, none -> new ArrayList<>()).add(trial);
        end = Math.max(end, trial.start() + trial.seconds());
      }
    }
    if (executors.isEmpty()) {
      return false;
    }
    List<Map<String, Object>> lanes = new ArrayList<>();
    for (Map.Entry<String, List<Trial>> executor : executors.entrySet()) {
      String name = executor.getKey();
      for (List<Trial> lane : lanes(executor.getValue())) {
        List<Map<String, Object>> trials = new ArrayList<>();
        for (Trial trial : lane) {
          trials.add(trial(ranking, trial, end));
        }
        if (lanes.size() < MOST_LANES) {
          lanes.add(Map.of("name", name, "trials", trials));
        }
        name = "";
      }
    }
    return Map.of("lanes", lanes, "half", Numbers.duration(end / 2), "end", Numbers.duration(end));
  }

  private static double start(Trial trial) {
    return trial.start() == null ? 0 : trial.start();
  }

  /** Each trial goes to the first lane that is free when it begins. */
  private static List<List<Trial>> lanes(List<Trial> trials) {
    List<Trial> sorted = new ArrayList<>(trials);
    sorted.sort(Comparator.comparingDouble(GanttView::start));
    List<List<Trial>> lanes = new ArrayList<>();
    for (Trial trial : sorted) {
      List<Trial> free = null;
      for (List<Trial> lane : lanes) {
        Trial last = lane.get(lane.size() - 1);
        if (free == null && start(last) + last.seconds() <= start(trial) + 1e-3) {
          free = lane;
        }
      }
      if (free == null) {
        free = new ArrayList<>();
        lanes.add(free);
      }
      free.add(trial);
    }
    return lanes;
  }

  private static Map<String, Object> trial(Ranking ranking, Trial trial, double end) {
    Map<String, Object> bar = new LinkedHashMap<>();
    String kind = "";
    if (trial.id().equals(ranking.bestId())) {
      kind = "best";
    } else if (trial.status() == TrialStatus.FAILED || trial.status() == TrialStatus.STOPPED) {
      kind = trial.status().name().toLowerCase(Locale.ROOT);
    }
    bar.put("kind", kind);
    bar.put("id", trial.id());
    bar.put("left", Page.width(start(trial), end));
    bar.put("width", Page.width(trial.seconds(), end));
    bar.put(
        "title",
        trial.id()
            + ": "
            + ranking.describe(trial)
            + " – "
            + ranking.text(ranking.value(trial))
            + ", "
            + Numbers.duration(trial.seconds()));
    return bar;
  }
}
