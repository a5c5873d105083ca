package io.kiln.spark.mlflow;

import com.fasterxml.jackson.databind.JsonNode;
import io.kiln.spark.report.Settings;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One run in MLflow, with what the REST interface takes at a time. */
final class MlflowEntry {
  /** What {@code runs/log-batch} takes. */
  private static final int MOST_METRICS = 900;

  private static final int MOST_PARAMS = 100;

  /** Older servers refuse longer values. */
  private static final int LONGEST_PARAM = 500;

  private final MlflowServer server;
  private final String id;
  private final String artifacts;

  private MlflowEntry(MlflowServer server, String id, String artifacts) {
    this.server = server;
    this.id = id;
    this.artifacts = artifacts;
  }

  /**
   * Begins a run.
   *
   * @param parent the run it is nested in, or null
   */
  static MlflowEntry begin(
      MlflowServer server,
      String experiment,
      String name,
      @Nullable String parent,
      long millis,
      Map<String, String> tags)
      throws IOException {
    Map<String, String> all = new LinkedHashMap<>(tags);
    all.put("mlflow.runName", name);
    if (parent != null) {
      all.put("mlflow.parentRunId", parent);
    }
    JsonNode run =
        server.post(
            "runs/create",
            Map.of(
                "experiment_id", experiment,
                "run_name", name,
                "start_time", millis,
                "tags", pairs(all)));
    return of(server, run);
  }

  /** Goes on with a run that is there. */
  static MlflowEntry resume(MlflowServer server, String id) throws IOException {
    return of(server, server.post("runs/update", Map.of("run_id", id, "status", "RUNNING")))
        .orId(id);
  }

  private static MlflowEntry of(MlflowServer server, JsonNode answer) {
    JsonNode info =
        answer.has("run_info") ? answer.path("run_info") : answer.path("run").path("info");
    return new MlflowEntry(
        server, info.path("run_id").asText(), info.path("artifact_uri").asText());
  }

  private MlflowEntry orId(String known) {
    return id.isEmpty() ? new MlflowEntry(server, known, artifacts) : this;
  }

  /** Its id. */
  String id() {
    return id;
  }

  /** Where its artifacts are, as the server says. */
  String artifacts() {
    return artifacts;
  }

  private static List<Map<String, String>> pairs(Map<String, String> values) {
    List<Map<String, String>> pairs = new ArrayList<>();
    values.forEach((key, value) -> pairs.add(Map.of("key", key, "value", value)));
    return pairs;
  }

  /** Settings as parameters. */
  void params(Map<String, Object> settings) throws IOException {
    Map<String, String> some = new LinkedHashMap<>();
    for (Map.Entry<String, Object> setting : settings.entrySet()) {
      String text = Settings.text(setting.getValue());
      some.put(
          setting.getKey(),
          text.length() > LONGEST_PARAM ? text.substring(0, LONGEST_PARAM - 1) + "…" : text);
      if (some.size() == MOST_PARAMS) {
        server.post("runs/log-batch", Map.of("run_id", id, "params", pairs(some)));
        some.clear();
      }
    }
    if (!some.isEmpty()) {
      server.post("runs/log-batch", Map.of("run_id", id, "params", pairs(some)));
    }
  }

  /** Tags. */
  void tags(Map<String, String> tags) throws IOException {
    server.post("runs/log-batch", Map.of("run_id", id, "tags", pairs(tags)));
  }

  /** Metrics; those that are no numbers are left out. */
  void metrics(List<Metric> metrics) throws IOException {
    List<Map<String, Object>> known = new ArrayList<>();
    for (Metric metric : metrics) {
      if (metric.value() != null && Double.isFinite(metric.value())) {
        known.add(
            Map.of(
                "key", metric.key(),
                "value", metric.value(),
                "timestamp", metric.millis(),
                "step", metric.step()));
      }
    }
    for (int from = 0; from < known.size(); from += MOST_METRICS) {
      int to = Math.min(known.size(), from + MOST_METRICS);
      server.post(
          "runs/log-batch", Map.of("run_id", id, "metrics", List.copyOf(known.subList(from, to))));
    }
  }

  /**
   * A metric.
   *
   * @param value null or no number if there is none
   */
  record Metric(String key, @Nullable Double value, long millis, long step) {}

  /** The run is over. */
  void end(boolean well, long millis) throws IOException {
    server.post(
        "runs/update",
        Map.of("run_id", id, "status", well ? "FINISHED" : "FAILED", "end_time", millis));
  }
}
