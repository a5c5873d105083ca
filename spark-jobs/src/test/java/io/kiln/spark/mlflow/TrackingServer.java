package io.kiln.spark.mlflow;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** A small tracking server that speaks as much of MLflow's REST interface as is used. */
final class TrackingServer implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** A run that it keeps. */
  static final class Run {
    final Map<String, String> params = new LinkedHashMap<>();
    final Map<String, String> tags = new LinkedHashMap<>();
    final Map<String, List<Double>> metrics = new LinkedHashMap<>();
    String name = "";
    String status = "RUNNING";
  }

  final Map<String, Run> runs = new ConcurrentHashMap<>();
  final Map<String, byte[]> artifacts = new ConcurrentHashMap<>();
  final List<String> experiments = new CopyOnWriteArrayList<>();
  final List<String> authorizations = new CopyOnWriteArrayList<>();
  private final HttpServer http;
  private final @Nullable Integer broken;

  /** A server; a broken one answers everything with that status. */
  TrackingServer(@Nullable Integer broken) throws IOException {
    this.broken = broken;
    http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    http.createContext("/", this::answer);
    http.start();
  }

  String address() {
    return "http://127.0.0.1:" + http.getAddress().getPort();
  }

  /** The only run of a name. */
  Run run(String name) {
    List<Run> found = runs.values().stream().filter(run -> run.name.equals(name)).toList();
    if (found.size() != 1) {
      throw new AssertionError(found.size() + " runs of the name " + name);
    }
    return found.get(0);
  }

  private synchronized void answer(HttpExchange exchange) throws IOException {
    byte[] body = exchange.getRequestBody().readAllBytes();
    String path = exchange.getRequestURI().getPath();
    String authorization = exchange.getRequestHeaders().getFirst("Authorization");
    authorizations.add(authorization == null ? "" : authorization);
    if (broken != null) {
      reply(exchange, broken, Map.of("message", "out of order"));
      return;
    }
    if (path.startsWith("/api/2.0/mlflow-artifacts/artifacts/")) {
      artifacts.put(path.substring("/api/2.0/mlflow-artifacts/artifacts/".length()), body);
      reply(exchange, 200, Map.of());
      return;
    }
    JsonNode asked = body.length == 0 ? JSON.createObjectNode() : JSON.readTree(body);
    switch (path.substring("/api/2.0/mlflow/".length())) {
      case "experiments/get-by-name" -> {
        String name =
            java.net.URLDecoder.decode(
                exchange.getRequestURI().getRawQuery().replaceFirst(".*experiment_name=", ""),
                StandardCharsets.UTF_8);
        int at = experiments.indexOf(name);
        if (at < 0) {
          reply(exchange, 404, Map.of("error_code", "RESOURCE_DOES_NOT_EXIST"));
        } else {
          reply(exchange, 200, Map.of("experiment", Map.of("experiment_id", "" + at)));
        }
      }
      case "experiments/create" -> {
        experiments.add(asked.path("name").asText());
        reply(exchange, 200, Map.of("experiment_id", "" + (experiments.size() - 1)));
      }
      case "runs/create" -> {
        Run run = new Run();
        run.name = asked.path("run_name").asText();
        asked.path("tags").forEach(tag -> put(run.tags, tag));
        String id = "run" + runs.size();
        runs.put(id, run);
        reply(
            exchange,
            200,
            Map.of(
                "run",
                Map.of(
                    "info",
                    Map.of(
                        "run_id",
                        id,
                        "artifact_uri",
                        "mlflow-artifacts:/0/" + id + "/artifacts"))));
      }
      case "runs/log-batch" -> {
        Run run = runs.get(asked.path("run_id").asText());
        if (run == null
            || asked.path("params").size() > 100
            || asked.path("metrics").size() > 1000) {
          reply(exchange, 400, Map.of("error_code", "INVALID_PARAMETER_VALUE"));
          return;
        }
        asked.path("params").forEach(one -> put(run.params, one));
        asked.path("tags").forEach(one -> put(run.tags, one));
        asked
            .path("metrics")
            .forEach(
                one ->
                    run.metrics
                        .computeIfAbsent(one.path("key").asText(), none -> new ArrayList<>())
                        .add(one.path("value").asDouble()));
        reply(exchange, 200, Map.of());
      }
      case "runs/update" -> {
        Run run = runs.get(asked.path("run_id").asText());
        if (run == null) {
          reply(exchange, 404, Map.of());
          return;
        }
        run.status = asked.path("status").asText();
        reply(
            exchange,
            200,
            Map.of(
                "run_info",
                Map.of(
                    "run_id",
                    asked.path("run_id").asText(),
                    "artifact_uri",
                    "mlflow-artifacts:/0/" + asked.path("run_id").asText() + "/artifacts")));
      }
      default -> reply(exchange, 404, Map.of("message", path));
    }
  }

  private static void put(Map<String, String> values, JsonNode pair) {
    values.put(pair.path("key").asText(), pair.path("value").asText());
  }

  private static void reply(HttpExchange exchange, int status, Map<String, ?> answer)
      throws IOException {
    byte[] bytes = JSON.writeValueAsBytes(answer);
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  @Override
  public void close() {
    http.stop(0);
  }
}
