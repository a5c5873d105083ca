package io.kiln.spark.config;

import io.kiln.nn.config.ConfigException;
import io.kiln.nn.config.Sections;
import io.kiln.nn.config.Settings;
import io.kiln.nn.config.Yaml;
import io.kiln.nn.io.Storage;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The configuration of a run.
 *
 * @param name of the run: letters, digits, {@code .}, {@code -}, {@code _}
 * @param data where samples come from; read by the data sets
 * @param model the network; read by the network library
 * @param loss the loss
 * @param optimizer the optimizer
 * @param train how long, in what steps
 * @param cluster on what
 * @param report what is recorded beside, and who is told
 * @param sweep what is tried, or null
 */
public record RunConfig(
    String name,
    Map<String, Object> data,
    Map<String, Object> model,
    Map<String, Object> loss,
    Map<String, Object> optimizer,
    TrainConfig train,
    ClusterConfig cluster,
    ReportConfig report,
    @Nullable SweepConfig sweep) {
  private static final int MOST_BYTES = 1 << 20;
  private static final String SHARDS = "cluster.virtual-shards";
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,99}");

  /** Checks the name; copies the maps. */
  public RunConfig {
    if (!NAME.matcher(name).matches()) {
      throw new ConfigException(
          "name: '" + name + "' came but letters, digits, '.', '-' and '_' are needed");
    }
    data = Sections.copy(data);
    model = Sections.copy(model);
    loss = Sections.copy(loss);
    optimizer = Sections.copy(optimizer);
  }

  /**
   * Reads a YAML file.
   *
   * @param path local path or URI
   * @param assignments {@code key=value}, made on top, in order
   * @throws java.nio.file.NoSuchFileException if it does not exist
   * @throws ConfigException if it cannot be used
   */
  public static RunConfig load(Storage storage, String path, List<String> assignments)
      throws IOException {
    byte[] bytes;
    try (InputStream in = storage.open(path)) {
      bytes = in.readNBytes(MOST_BYTES + 1);
    }
    if (bytes.length > MOST_BYTES) {
      throw new ConfigException(
          path + ": it is longer than 1 MiB but a configuration is needed; check the path");
    }
    Map<String, Object> values = Yaml.sections(path, new String(bytes, StandardCharsets.UTF_8));
    values.putIfAbsent("name", baseName(path));
    return of(Overlay.with(values, assignments));
  }

  /**
   * Reads a configuration from its values, e.g. from {@link #resolved}.
   *
   * @throws ConfigException if it cannot be used
   */
  public static RunConfig of(Map<String, ?> values) {
    KnownKeys.check(values);
    Settings settings = Settings.of("", values);
    RunConfig read =
        new RunConfig(
            settings.text("name", "run"),
            typed(settings, "data", "format"),
            typed(settings, "model", "type"),
            typed(settings, "loss", "type"),
            typed(settings, "optimizer", "type"),
            TrainConfig.read(settings.section("train")),
            ClusterConfig.read(settings.section("cluster")),
            ReportConfig.read(settings.section("report")),
            settings.has("sweep") ? SweepConfig.read(settings.section("sweep")) : null);
    settings.finish();
    return read;
  }

  /**
   * This configuration with values under dotted keys changed: one trial of a sweep. Defaults that
   * follow from other values do so anew.
   */
  public RunConfig with(Map<String, ?> changes) {
    Map<String, Object> values = Sections.copy(resolved());
    values.put("cluster", cluster.resolved());
    changes.forEach((key, value) -> Overlay.set(values, key, value));
    return of(values);
  }

  /** This configuration without its sweep: what one trial or the winner trains. */
  public RunConfig withoutSweep() {
    return new RunConfig(name, data, model, loss, optimizer, train, cluster, report, null);
  }

  /** This configuration for one worker that trains to the same weights. */
  public RunConfig alone() {
    return with(Map.of("cluster.workers", 1, SHARDS, shards()));
  }

  /** Virtual shards V: with seed and data, they decide the weights. */
  public int shards() {
    return cluster.shards(train.batchSize());
  }

  /**
   * What the user should know before it is trained.
   *
   * @param threads of each worker
   */
  public List<String> notes(int threads) {
    return cluster.notes(train.batchSize(), threads);
  }

  /** A fresh reader of {@code data}. */
  public Settings dataSettings() {
    return Settings.of("data", data);
  }

  /** A fresh reader of {@code model}. */
  public Settings modelSettings() {
    return Settings.of("model", model);
  }

  /** A fresh reader of {@code loss}. */
  public Settings lossSettings() {
    return Settings.of("loss", loss);
  }

  /** A fresh reader of {@code optimizer}. */
  public Settings optimizerSettings() {
    return Settings.of("optimizer", optimizer);
  }

  /** The whole configuration with the defaults of the typed sections filled in. */
  public Map<String, Object> resolved() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("name", name);
    map.put("data", Sections.copy(data));
    map.put("model", Sections.copy(model));
    map.put("loss", Sections.copy(loss));
    map.put("optimizer", Sections.copy(optimizer));
    map.put("train", train.resolved());
    map.put("cluster", cluster.resolved());
    Overlay.set(map, SHARDS, shards());
    map.put("report", report.resolved());
    if (sweep != null) {
      map.put("sweep", sweep.resolved());
    }
    return map;
  }

  /** SHA-256 of what decides the weights; see {@link ConfigHash}. */
  public String hash() {
    return ConfigHash.of(this);
  }

  /** A section; a text alone is its type. */
  private static Map<String, Object> typed(Settings settings, String key, String type) {
    Object value = settings.raw(key);
    if (value instanceof String text) {
      return Map.of(type, text);
    }
    return settings.section(key).values();
  }

  private static String baseName(String path) {
    String file = path.substring(path.lastIndexOf('/') + 1);
    String base = file.replaceFirst("\\.ya?ml$", "").replaceAll("[^A-Za-z0-9._-]", "-");
    return NAME.matcher(base).matches() ? base : "run";
  }
}
