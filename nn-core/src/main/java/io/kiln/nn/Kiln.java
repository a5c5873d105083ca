package io.kiln.nn;

import io.kiln.nn.config.ConfigException;
import io.kiln.nn.config.Sections;
import io.kiln.nn.config.Settings;
import io.kiln.nn.config.Yaml;
import io.kiln.nn.data.DataSources;
import io.kiln.nn.io.LocalStorage;
import io.kiln.nn.layer.Layer;
import io.kiln.nn.layer.Model;
import io.kiln.nn.model.ModelFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Where a program begins: {@link #data}, {@link #trainer}, {@link #load}.
 *
 * <p>Settings are YAML, a whole section or just its type: {@code "adam"}, {@code "{type: adam,
 * learning-rate: 0.002}"}.
 */
public final class Kiln {
  private Kiln() {}

  /**
   * Loads a data set, as the section {@code data} of a configuration describes it.
   *
   * @param settings YAML such as {@code {format: mnist, path: data/mnist, validation: 5000}}; paths
   *     are below the folder of the program
   * @throws ConfigException if a setting cannot be used
   * @throws IOException if the data cannot be read
   */
  public static Data data(String settings) throws IOException {
    return data(section("data", "format", settings));
  }

  /** Loads a data set of settings as a map. */
  public static Data data(Map<String, ?> settings) throws IOException {
    Map<String, Object> section = Sections.copy(settings);
    return Data.of(DataSources.load(Settings.of("data", section), new LocalStorage(), ""), section);
  }

  /**
   * A trainer of a network that YAML describes, as the section {@code model} does: a name such as
   * {@code lenet}, or {@code {type: mlp, hidden: [64]}}, or {@code {layers: [...]}}.
   */
  public static Trainer trainer(String model) {
    return new Trainer(section("model", "type", model), null);
  }

  /** A trainer of a network of layers, usually a {@link io.kiln.nn.layer.Sequential}. */
  public static Trainer trainer(Layer layers) {
    return trainer(Model.of(layers));
  }

  /** A trainer of a network that is a function of several inputs. */
  public static Trainer trainer(Model model) {
    return new Trainer(Map.of(), model);
  }

  /**
   * Reads a network that was saved, by {@link Trained#save} or by a run of {@code kiln train}.
   *
   * @param folder a model folder, or that of a run
   * @throws IOException if it cannot be read
   */
  public static Trained load(Path folder) throws IOException {
    return Trained.of(ModelFolder.read(new LocalStorage(), folder.toString()));
  }

  /**
   * Reads a network that was built of layers in Java, which its folder cannot describe.
   *
   * @param layers those it was built of
   */
  public static Trained load(Path folder, Layer layers) throws IOException {
    return Trained.of(ModelFolder.read(new LocalStorage(), folder.toString(), Model.of(layers)));
  }

  /** A section of YAML, or of its type alone. */
  static Map<String, Object> section(String where, String key, String text) {
    Object value = Yaml.value(where, text);
    if (value instanceof Map<?, ?> map) {
      return Sections.copy(map);
    }
    if (!(value instanceof String type)) {
      throw new ConfigException(
          where + ": '" + text + "' came but a name or {key: value, ...} is needed");
    }
    Map<String, Object> section = new LinkedHashMap<>();
    section.put(key, type);
    return section;
  }
}
