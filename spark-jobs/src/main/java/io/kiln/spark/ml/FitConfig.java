package io.kiln.spark.ml;

import io.kiln.nn.config.ConfigException;
import io.kiln.nn.config.Yaml;
import io.kiln.spark.config.RunConfig;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.ml.param.Param;

/** Turns a stage's parameters into a configuration. */
final class FitConfig {
  /** Rows that a virtual shard has at least where nobody says how many shards there are. */
  private static final long ROWS_OF_A_SHARD = 16;

  private FitConfig() {}

  /**
   * The configuration of an estimator's parameters.
   *
   * @param rows to learn from, as far as it is known; 0 if it is not
   * @throws ConfigException if a text is no YAML, or says what cannot be
   */
  static RunConfig of(KilnParams stage, String features, String label, long rows) {
    Map<String, Object> values = Yaml.sections("config", stage.getConfig());
    for (String key : List.of("data", "model", "loss", "optimizer", "sweep")) {
      if (values.containsKey(key)) {
        throw new ConfigException(
            "config: section '"
                + key
                + "' came but it has only train and cluster; "
                + (key.equals("data")
                    ? "set columns by their parameters"
                    : key.equals("sweep") ? "use CrossValidator" : "set the parameter " + key));
      }
    }
    values.put("data", Map.of("format", "parquet", "features", features, "label", label));
    values.put("model", section(stage, stage.model()));
    values.put("loss", section(stage, stage.loss()));
    Map<String, Object> optimizer = section(stage, stage.optimizer());
    if (stage.isDefined(stage.learningRate())) {
      optimizer.put("learning-rate", stage.getLearningRate());
    }
    values.put("optimizer", optimizer);
    Map<String, Object> train = section(values, "train");
    put(stage, stage.epochs(), train, "epochs");
    put(stage, stage.batchSize(), train, "batch-size");
    put(stage, stage.seed(), train, "seed");
    if (stage.getPatience() > 0) {
      train.put("early-stopping", Map.of("patience", stage.getPatience()));
    }
    if (stage.getOutputDir().isEmpty()) {
      train.put("checkpoint-every", "none");
    }
    values.put("train", train);
    Map<String, Object> cluster = section(values, "cluster");
    put(stage, stage.numWorkers(), cluster, "workers");
    put(stage, stage.threads(), cluster, "threads");
    values.put("cluster", cluster);
    RunConfig config = RunConfig.of(values);
    return rows == 0 || cluster.containsKey("virtual-shards") ? config : fewShards(config, rows);
  }

  /** As a configuration says; of few rows so few that each has some. */
  private static RunConfig fewShards(RunConfig config, long rows) {
    int shards = config.shards();
    long most = Math.max(config.cluster().workers().least(), rows / ROWS_OF_A_SHARD);
    while (shards > most && shards > 1) {
      shards /= 2;
    }
    return shards == config.shards()
        ? config
        : config.with(Map.of("cluster.virtual-shards", Math.max(1, shards)));
  }

  private static Map<String, Object> section(KilnParams stage, Param<String> param) {
    String text = stage.getOrDefault(param);
    Object value = Yaml.value(param.name(), text);
    if (value instanceof Map<?, ?>) {
      return Yaml.sections(param.name(), text);
    }
    if (value instanceof String name && !name.isBlank()) {
      Map<String, Object> named = new LinkedHashMap<>();
      named.put("type", name);
      return named;
    }
    throw new ConfigException(
        param.name()
            + ": '"
            + text
            + "' came but a name or YAML of a section is needed, e.g. {type: mlp, hidden: [64]}");
  }

  private static Map<String, Object> section(Map<String, Object> values, String key) {
    Map<String, Object> copy = new LinkedHashMap<>();
    Object section = values.get(key);
    if (section instanceof Map<?, ?> map) {
      map.forEach((name, value) -> copy.put(String.valueOf(name), value));
    } else if (section != null) {
      throw new ConfigException("config." + key + ": '" + section + "' came but keys are needed");
    }
    return copy;
  }

  /** What is set goes before the YAML, the default behind it. */
  private static void put(
      KilnParams stage, Param<?> param, Map<String, Object> section, String key) {
    if (stage.isSet(param) || !section.containsKey(key)) {
      section.put(key, stage.getOrDefault(param));
    }
  }
}
