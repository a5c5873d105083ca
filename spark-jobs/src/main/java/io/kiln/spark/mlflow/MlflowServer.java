package io.kiln.spark.mlflow;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The REST interface of an MLflow tracking server, version 2.0 of it, which servers from 1.0 on
 * speak.
 *
 * <p>Why not MLflow's Java client: it brings Apache's HTTP client and protocol buffers of its own
 * (beside Spark's), and it hands artifacts to a Python program that need not be there.
 */
final class MlflowServer {
  private static final Duration CONNECT = Duration.ofSeconds(5);
  private static final Duration ANSWER = Duration.ofSeconds(15);
  private static final double SLOWEST_BYTES_PER_SECOND = 250_000;
  private static final int NOT_FOUND = 404;
  private static final int MOST_OF_ERROR = 200;

  private static final ObjectMapper JSON = new ObjectMapper();

  private final String address;
  private final @Nullable String authorization;
  private final HttpClient http;

  /**
   * A server.
   *
   * @param address {@code http://host:5000}
   * @param environment where user and password or token are found
   */
  MlflowServer(String address, Map<String, String> environment) {
    this.address = address;
    this.authorization = authorization(environment);
    this.http =
        HttpClient.newBuilder()
            .connectTimeout(CONNECT)
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .build();
  }

  private static @Nullable String authorization(Map<String, String> environment) {
    String token = environment.get("MLFLOW_TRACKING_TOKEN");
    if (token != null && !token.isBlank()) {
      return "Bearer " + token.strip();
    }
    String user = environment.get("MLFLOW_TRACKING_USERNAME");
    if (user == null || user.isBlank()) {
      return null;
    }
    String both = user + ":" + environment.getOrDefault("MLFLOW_TRACKING_PASSWORD", "");
    return "Basic " + Base64.getEncoder().encodeToString(both.getBytes(StandardCharsets.UTF_8));
  }

  /** The address. */
  String address() {
    return address;
  }

  /** Calls a method with a body of JSON; gives the answer. */
  JsonNode post(String method, Map<String, ?> body) throws IOException {
    HttpRequest.Builder request =
        request(address + "/api/2.0/mlflow/" + method, ANSWER)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofByteArray(JSON.writeValueAsBytes(body)));
    return JSON.readTree(checked(method, send(method, request)).body());
  }

  /** The experiment of a name, made if there is none. */
  String experiment(String name) throws IOException {
    String method = "experiments/get-by-name";
    String query = "?experiment_name=" + URLEncoder.encode(name, StandardCharsets.UTF_8);
    HttpResponse<byte[]> found =
        send(method, request(address + "/api/2.0/mlflow/" + method + query, ANSWER).GET());
    if (found.statusCode() == NOT_FOUND) {
      return post("experiments/create", Map.of("name", name)).path("experiment_id").asText();
    }
    return JSON.readTree(checked(method, found).body())
        .path("experiment")
        .path("experiment_id")
        .asText();
  }

  /** Puts a file through the server to where it keeps artifacts. */
  void upload(String path, byte[] bytes) throws IOException {
    put(address + "/api/2.0/mlflow-artifacts/artifacts/" + path, bytes);
  }

  /** Puts a file to an address. */
  void put(String uri, byte[] bytes) throws IOException {
    Duration patience = ANSWER.plusSeconds((long) (bytes.length / SLOWEST_BYTES_PER_SECOND));
    checked(
        uri,
        send(
            uri,
            request(uri, patience)
                .header("Content-Type", "application/octet-stream")
                .PUT(HttpRequest.BodyPublishers.ofByteArray(bytes))));
  }

  private HttpRequest.Builder request(String uri, Duration patience) {
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(uri)).timeout(patience);
    // What an artifact store at another address is told is none of the server's secrets.
    if (authorization != null && uri.startsWith(address + "/")) {
      request.header("Authorization", authorization);
    }
    return request;
  }

  private HttpResponse<byte[]> send(String what, HttpRequest.Builder request) throws IOException {
    try {
      return http.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(what + ": interrupted", e);
    }
  }

  private static HttpResponse<byte[]> checked(String what, HttpResponse<byte[]> response)
      throws IOException {
    if (response.statusCode() / 100 == 2) {
      return response;
    }
    String said = new String(response.body(), StandardCharsets.UTF_8).replaceAll("\\s+", " ");
    throw new IOException(
        what
            + ": status "
            + response.statusCode()
            + (said.isEmpty()
                ? ""
                : ", " + said.substring(0, Math.min(MOST_OF_ERROR, said.length()))));
  }
}
