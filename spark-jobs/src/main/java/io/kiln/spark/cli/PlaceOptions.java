package io.kiln.spark.cli;

import io.kiln.spark.config.TrainRequest.Place;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options of commands that train: on what, from where, to where. */
final class PlaceOptions {
  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "Folder with data sets; default: $KILN_DATA.")
  private @Nullable String data;

  @Option(
      names = "--out",
      paramLabel = "URI",
      description = "Folder for the results, never overwritten; default: runs/<name>-<time>.")
  private @Nullable String out;

  @Option(
      names = "--master",
      paramLabel = "M",
      description = "Spark's master: local[4], spark://host:7077, yarn; default: spark-submit's.")
  private @Nullable String master;

  Place place(boolean verbose) {
    return new Place(master, data == null ? dataRoot() : data, out, verbose);
  }

  static @Nullable String dataRoot() {
    String root = System.getenv("KILN_DATA");
    return root == null || root.isBlank() ? null : root;
  }
}
