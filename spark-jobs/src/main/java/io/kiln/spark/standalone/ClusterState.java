package io.kiln.spark.standalone;

import java.io.IOException;
import java.io.Reader;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Properties;

/**
 * Addresses of a running local cluster, kept in {@code cluster.properties} of its folder.
 *
 * @param master {@code spark://127.0.0.1:PORT}
 * @param ui the master's web page
 * @param workers how many workers were started
 * @param hdfs {@code hdfs://127.0.0.1:PORT}, or empty
 */
public record ClusterState(String master, String ui, int workers, String hdfs) {
  private static final String FILE = "cluster.properties";

  static Optional<ClusterState> read(Path folder) throws IOException {
    Path file = folder.resolve(FILE);
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    Properties values = new Properties();
    try (Reader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
      values.load(reader);
    }
    return Optional.of(
        new ClusterState(
            values.getProperty("master", ""),
            values.getProperty("ui", ""),
            Integer.parseInt(values.getProperty("workers", "0")),
            values.getProperty("hdfs", "")));
  }

  void write(Path folder) throws IOException {
    Properties values = new Properties();
    values.setProperty("master", master);
    values.setProperty("ui", ui);
    values.setProperty("workers", String.valueOf(workers));
    values.setProperty("hdfs", hdfs);
    try (Writer writer = Files.newBufferedWriter(folder.resolve(FILE), StandardCharsets.UTF_8)) {
      values.store(writer, "kiln cluster");
    }
  }

  static void forget(Path folder) throws IOException {
    Files.deleteIfExists(folder.resolve(FILE));
  }
}
