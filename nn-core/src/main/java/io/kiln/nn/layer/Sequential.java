package io.kiln.nn.layer;

import io.kiln.nn.autograd.Var;
import io.kiln.nn.config.Settings;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Layers one after another, under names; {@link #of} numbers them 0, 1, … as PyTorch does.
 *
 * @param layers the layers by name, in order
 */
public record Sequential(Map<String, Layer> layers) implements Layer {
  /** Keeps the order. */
  public Sequential {
    layers = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(layers));
  }

  /** Numbered layers. */
  public static Sequential of(Layer... layers) {
    return of(List.of(layers));
  }

  /** Numbered layers. */
  public static Sequential of(List<Layer> layers) {
    Map<String, Layer> named = new LinkedHashMap<>();
    for (Layer layer : layers) {
      named.put(String.valueOf(named.size()), layer);
    }
    return new Sequential(named);
  }

  /** Reads {@code layers}, a list; a layer may have a {@code name}. */
  public static Sequential from(Settings settings) {
    Sequential read = read(settings, "layers");
    settings.finish();
    return read;
  }

  /** Reads a list of layers under a key; empty if it is not given. */
  static Sequential read(Settings settings, String key) {
    Map<String, Layer> named = new LinkedHashMap<>();
    for (Settings one : settings.sections(key)) {
      String name = one.text("name", String.valueOf(named.size()));
      if (named.put(name, Layers.of(one)) != null) {
        throw new io.kiln.nn.config.ConfigException(
            one.path("name") + ": '" + name + "' is used twice; give each layer its own name");
      }
    }
    return new Sequential(named);
  }

  @Override
  public Var forward(Scope scope, Var x) {
    Var y = x;
    for (Map.Entry<String, Layer> layer : layers.entrySet()) {
      y = scope.apply(layer.getKey(), layer.getValue(), y);
    }
    return y;
  }
}
