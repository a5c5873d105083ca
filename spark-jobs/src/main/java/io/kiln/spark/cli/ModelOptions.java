package io.kiln.spark.cli;

import io.kiln.nn.config.ConfigException;
import io.kiln.nn.io.Locations;
import io.kiln.spark.config.Overlay;
import io.kiln.spark.config.RunConfig;
import io.kiln.spark.config.TrainRequest.Place;
import java.io.IOException;
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
      description =
          "A run folder, its model folder, a sweep folder (its best run is taken), or a"
              + " .safetensors file.")
  private String model = "";

  @Option(
      names = "--net",
      paramLabel = "TYPE",
      description =
          "For a bare .safetensors file: the network whose weights it holds, as model.type"
              + " (resnet20, vgg16, squeezenet1-1, …).")
  private @Nullable String net;

  @Option(
      names = "--config",
      paramLabel = "CONF",
      description =
          "For a bare .safetensors file: a configuration whose sections model, loss and data say"
              + " that instead.")
  private @Nullable String config;

  @Option(
      names = "--format",
      paramLabel = "F",
      description =
          "mnist, cifar10, csv, libsvm, images, parquet, …: as data.format; default: what the model"
              + " was trained on.")
  private @Nullable String format;

  @Option(
      names = "--data",
      paramLabel = "URI",
      description =
          "The data; a relative path is below the folder you are in (data.path of a configuration"
              + " or of --set is below $KILN_DATA).")
  private @Nullable String data;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description =
          "Another value of the data section, e.g. --set data.label=species; with --net or"
              + " --config of the model too.")
  private List<String> assignments = new ArrayList<>();

  @Option(
      names = "--workers",
      paramLabel = "N",
      defaultValue = "1",
      description =
          "Tasks that share the work; default: ${DEFAULT-VALUE}. Tables are scored by as many tasks"
              + " as Spark has cores.")
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
      throw new ConfigException("--workers: " + workers + " came but it must be 1 or more");
    }
    return workers;
  }

  private boolean bare() {
    return net != null || config != null;
  }

  /** What is around a bare file of weights: sections model, loss, precision; or nothing. */
  Map<String, Object> sections() throws IOException {
    Map<String, Object> all = all();
    all.remove("data");
    return all;
  }

  /** The data section. */
  Map<String, Object> data() throws IOException {
    Map<String, Object> section = section(all(), "data");
    for (String key : List.of("format", "path")) {
      boolean known = key.equals("format") && !bare(); // the model folder says it
      if (!known && !section.containsKey(key)) {
        throw new ConfigException(
            "--"
                + (key.equals("path") ? "data" : key)
                + ": it is missing; give it, or a --config that has data."
                + key);
      }
    }
    return section;
  }

  private Map<String, Object> all() throws IOException {
    Map<String, Object> all = described();
    Map<String, Object> section = section(all, "data");
    if (format != null) {
      section.put("format", format);
    }
    if (data != null) {
      section.put("path", data);
    }
    all.put("data", section);
    Map<String, Object> changed = Overlay.with(all, assignments);
    Map<String, Object> set = section(changed, "data");
    String root = PlaceOptions.dataRoot();
    if (root != null
        && set.get("path") instanceof String path
        && !path.equals(section.get("path"))) {
      set.put("path", Locations.join(root, path));
      changed.put("data", set);
    }
    for (String key : changed.keySet()) {
      if (!all.containsKey(key) && !(bare() && key.equals("loss"))) {
        throw new ConfigException(
            "--set "
                + key
                + (bare()
                    ? ": only data.…, model.… and loss.… can be set here"
                    : ": the model has its settings; only data.… can be set here"));
      }
    }
    return changed;
  }

  /** The sections that a network's name or a configuration gives. */
  private Map<String, Object> described() throws IOException {
    Map<String, Object> all = new LinkedHashMap<>();
    if (net != null && config != null) {
      throw new ConfigException("--net: " + net + " came beside --config; give one of both");
    }
    if (net != null) {
      all.put("model", Map.of("type", net));
    }
    if (config != null) {
      RunConfig run = ConfigOptions.load(config, List.of());
      Map<String, Object> read = section(Map.of("data", run.data()), "data");
      String root = PlaceOptions.dataRoot();
      if (root != null && read.get("path") instanceof String path) {
        read.put("path", Locations.join(root, path));
      }
      all.put("data", read);
      Map<String, Object> model = section(Map.of("model", run.model()), "model");
      // What it began with, and what of it was trained, is over.
      model.keySet().removeAll(List.of("weights", "freeze", "frozen-statistics"));
      all.put("model", model);
      all.put("loss", run.loss());
      all.put("precision", run.train().precision().label());
    }
    return all;
  }

  private static Map<String, Object> section(Map<String, Object> all, String key) {
    Map<String, Object> section = new LinkedHashMap<>();
    if (all.get(key) instanceof Map<?, ?> values) {
      values.forEach((name, value) -> section.put(String.valueOf(name), value));
    }
    return section;
  }

  Place place(@Nullable String out, boolean verbose) {
    return new Place(master, PlaceOptions.dataRoot(), out, verbose);
  }
}
