package io.kiln.spark.mlflow;

import io.kiln.spark.store.HadoopStorage;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Files of a folder put to where MLflow keeps artifacts of a run: through the tracking server, or
 * straight to a file system that Hadoop knows.
 */
final class Artifacts {
  /** A file that is larger does not go through memory. */
  private static final long MOST_BYTES = 512L << 20;

  private final MlflowServer server;
  private final HadoopStorage storage;
  private final String to;

  /**
   * Artifacts of a run.
   *
   * @param to as the server says: {@code mlflow-artifacts:/1/…/artifacts}, {@code s3://…}, a path
   */
  Artifacts(MlflowServer server, HadoopStorage storage, String to) {
    this.server = server;
    this.storage = storage;
    this.to = to.replaceAll("/+$", "");
  }

  /**
   * Puts files of a folder; those that are not there are passed over.
   *
   * @return what could not be put, a line each
   */
  List<String> put(String folder, List<String> names) throws IOException {
    List<String> left = new ArrayList<>();
    for (String name : names) {
      byte[] bytes;
      try (InputStream in = storage.open(folder + "/" + name)) {
        bytes = in.readNBytes((int) MOST_BYTES + 1);
      } catch (NoSuchFileException e) {
        continue;
      }
      if (bytes.length > MOST_BYTES) {
        left.add(name + " is larger than " + (MOST_BYTES >> 20) + " MiB");
      } else {
        put(name, bytes);
      }
    }
    return left;
  }

  private void put(String name, byte[] bytes) throws IOException {
    String scheme = to.contains(":") ? to.substring(0, to.indexOf(':')) : "";
    switch (scheme.toLowerCase(Locale.ROOT)) {
      case "mlflow-artifacts" -> {
        String path = URI.create(to).getPath();
        server.upload(encoded(path.replaceAll("^/+", "") + "/" + name), bytes);
      }
      case "http", "https" -> server.put(to + "/" + encoded(name), bytes);
      default -> {
        String place = (scheme.equals("s3") ? "s3a" + to.substring(2) : to) + "/" + name;
        try (OutputStream out = storage.create(place)) {
          out.write(bytes);
        }
      }
    }
  }

  private static String encoded(String path) {
    return String.join(
        "/",
        Arrays.stream(path.split("/", -1))
            .map(part -> URLEncoder.encode(part, StandardCharsets.UTF_8).replace("+", "%20"))
            .toList());
  }
}
