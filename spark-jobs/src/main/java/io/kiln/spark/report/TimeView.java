package io.kiln.spark.report;

import io.kiln.spark.report.RunReport.Timing;
import io.kiln.spark.report.RunReport.WorkerTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Where the time of a run went, and that of each worker. */
final class TimeView {
  private TimeView() {}

  /** What the template shows. */
  static Map<String, Object> of(Timing timing) {
    Map<String, Double> spent = new LinkedHashMap<>();
    spent.put("Computing", timing.compute());
    spent.put("Exchanging gradients", timing.communicate());
    spent.put("Reading data", timing.data());
    spent.put("Waiting for checkpoints", timing.checkpoint());
    spent.put("Starting up", timing.startup());
    double known = spent.values().stream().mapToDouble(Double::doubleValue).sum();
    spent.put("Everything else", Math.max(0, timing.total() - known));
    double whole = Math.max(1e-9, Math.max(known, timing.total()));
    List<Map<String, Object>> parts = new ArrayList<>();
    spent.forEach(
        (label, seconds) ->
            parts.add(
                Map.of(
                    "label", label,
                    "colour", "c" + parts.size(),
                    "seconds", Numbers.duration(seconds),
                    "width", Page.width(seconds, whole),
                    "share", String.format(Locale.ROOT, "%.1f %%", 100 * seconds / whole))));
    List<WorkerTime> workers = timing.workers() == null ? List.of() : timing.workers();
    return Map.of(
        "parts", parts,
        "total", Numbers.duration(timing.total()),
        "hasWorkers", !workers.isEmpty(),
        "workers", workers(workers));
  }

  private static List<Map<String, Object>> workers(List<WorkerTime> workers) {
    double longest = workers.stream().mapToDouble(WorkerTime::total).max().orElse(1);
    List<Map<String, Object>> rows = new ArrayList<>();
    for (WorkerTime one : workers) {
      String[] labels = {"computing", "exchanging", "reading data", "checkpoints"};
      double[] seconds = {one.compute(), one.communicate(), one.data(), one.checkpoint()};
      List<Map<String, Object>> parts = new ArrayList<>();
      List<String> words = new ArrayList<>();
      for (int i = 0; i < labels.length; i++) {
        String title = labels[i] + " " + Numbers.duration(seconds[i]);
        words.add(title);
        parts.add(
            Map.of("colour", "c" + i, "width", Page.width(seconds[i], longest), "title", title));
      }
      rows.add(
          Map.of(
              "name",
              "worker " + rows.size(),
              "label",
              "worker " + rows.size() + ": " + String.join(", ", words),
              "parts",
              parts,
              "total",
              Numbers.duration(one.total())));
    }
    return rows;
  }
}
