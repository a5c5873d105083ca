package io.kiln.spark.cli;

import io.kiln.spark.config.Overlay;
import io.kiln.spark.config.TrainRequest.Place;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options of commands that apply a saved model to data. */
final class ModelOptions {
  @Option(
      names = "--model",
      required = true,
      paramLabel = "URI",
      description = "A run folder, its model folder, or a .safetensors file.")
  private String model = "";

  @Option(
      names = "--format",
      required = true,
      paramLabel = "F",
      description = "mnist, cifar10, csv, libsvm, parquet, images, …: as data.format.")
  private String format = "";

  @Option(
      names = "--data",
      required = true,
      paramLabel = "URI",
      description = "The data: as data.path.")
  private String data = "";

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "Another value of the data section, e.g. --set data.label=species.")
  private List<String> assignments = new ArrayList<>();

  @Option(
      names = "--workers",
      paramLabel = "N",
      defaultValue = "1",
      description = "Tasks that share the work; default: ${DEFAULT-VALUE}.")
  private int workers = 1;

  @Option(
      names = "--master",
      paramLabel = "M",
      description = "Spark's master; default: spark-submit's.")
  private @Nullable String master;

  String model() {
    return model;
  }

  int workers() {
    if (workers < 1) {
      throw new io.kiln.nn.config.ConfigException(
          "--workers: " + workers + " came but it must be 1 or more");
    }
    return workers;
  }

  /** The data section; only keys of {@code data} can be set. */
  Map<String, Object> data() {
    Map<String, Object> section = new LinkedHashMap<>();
    section.put("format", format);
    section.put("path", data);
    Map<String, Object> changed = Overlay.with(Map.of("data", section), assignments);
    for (String key : changed.keySet()) {
      if (!key.equals("data")) {
        throw new io.kiln.nn.config.ConfigException(
            "--set " + key + ": the model has its settings; only data.… can be set here");
      }
    }
    Map<String, Object> read = new LinkedHashMap<>();
    if (changed.get("data") instanceof Map<?, ?> values) {
      values.forEach((key, value) -> read.put(String.valueOf(key), value));
    }
    return read;
  }

  Place place(@Nullable String out, boolean verbose) {
    return new Place(master, PlaceOptions.dataRoot(), out, verbose);
  }
}
