package io.kiln.spark.config;

import io.kiln.nn.config.ConfigException;
import io.kiln.nn.config.Settings;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The keys of the sections that are the same in every configuration, taken from a resolved one. A
 * key in the wrong section is answered with its right place.
 */
final class KnownKeys {
  /** Keys people look for in the wrong place, whose sections the network library reads. */
  private static final List<String> ELSEWHERE =
      List.of(
          "data.path",
          "data.format",
          "data.validation",
          "model.hidden",
          "optimizer.learning-rate",
          "optimizer.momentum",
          "optimizer.weight-decay",
          "optimizer.schedule");

  private KnownKeys() {}

  /**
   * Refuses unknown keys at the top and in {@code train}, {@code cluster} and {@code sweep}.
   *
   * @throws ConfigException naming the key and the nearest known one
   */
  static void check(Map<String, ?> values) {
    Map<String, Object> known = known();
    check("", values, known, known);
  }

  private static void check(
      String where, Map<?, ?> values, Map<?, ?> known, Map<String, Object> all) {
    values.forEach(
        (name, value) -> {
          String key = String.valueOf(name);
          String path = where.isEmpty() ? key : where + "." + key;
          if (!known.containsKey(key)) {
            throw new ConfigException(
                path
                    + ": there is no such key; did you mean "
                    + nearest(where, key, known, all)
                    + "?");
          }
          if (value instanceof Map<?, ?> section
              && known.get(key) instanceof Map<?, ?> inner
              && !inner.isEmpty()) {
            check(path, section, inner, all);
          }
        });
  }

  private static String nearest(
      String where, String key, Map<?, ?> known, Map<String, Object> all) {
    List<String> dotted = new ArrayList<>(ELSEWHERE);
    flatten("", all, dotted);
    for (String candidate : dotted) {
      if (candidate.endsWith("." + key)) {
        return candidate;
      }
    }
    List<String> here = new ArrayList<>();
    known.keySet().forEach(name -> here.add(String.valueOf(name)));
    String nearest = Settings.nearest(key, here);
    return where.isEmpty() ? nearest : where + "." + nearest;
  }

  private static void flatten(String where, Map<?, ?> map, List<String> dotted) {
    map.forEach(
        (name, value) -> {
          String path = where.isEmpty() ? String.valueOf(name) : where + "." + name;
          dotted.add(path);
          if (value instanceof Map<?, ?> inner) {
            flatten(path, inner, dotted);
          }
        });
  }

  /** Every key of the fixed sections; an empty map is a section anything may stand in. */
  private static Map<String, Object> known() {
    Map<String, Object> train =
        TrainConfig.read(Settings.of("train", Map.of("early-stopping", Map.of("patience", 1))))
            .resolved();
    Map<String, Object> sweep =
        SweepConfig.read(Settings.of("sweep", Map.of("space", Map.of("x", List.of(1))))).resolved();
    sweep.put("space", Map.of());
    Map<String, Object> known = new LinkedHashMap<>();
    known.put("name", "");
    for (String open : List.of("data", "model", "loss", "optimizer")) {
      known.put(open, Map.of());
    }
    known.put("train", train);
    known.put("cluster", ClusterConfig.read(Settings.of("cluster", Map.of())).resolved());
    known.put(
        "report",
        ReportConfig.read(
                Settings.of("report", Map.of("mlflow", "http://host", "mlflow-experiment", "name")))
            .resolved());
    known.put("sweep", sweep);
    return known;
  }
}
