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

  /**
   * Records the layers in order. A rectifier is done by the layer before it, or by the max-pooling
   * after it (the maximum of rectified numbers is the rectified maximum), where these can.
   */
  @Override
  public Var forward(Scope scope, Var x) {
    List<String> names = List.copyOf(layers.keySet());
    List<Layer> order = List.copyOf(layers.values());
    Var y = x;
    for (int i = 0; i < order.size(); i++) {
      Layer layer = order.get(i);
      Layer next = i + 1 < order.size() ? order.get(i + 1) : null;
      Layer afterNext = i + 2 < order.size() ? order.get(i + 2) : null;
      boolean rectified =
          next instanceof Relu
              && !(afterNext instanceof MaxPool2d && !(layer instanceof MaxPool2d));
      if (scope.fuses() && layer instanceof Relu && next instanceof MaxPool2d pooling) {
        i++;
        y = scope.apply(names.get(i), rectified(pooling), y);
      } else if (scope.fuses() && rectified && layer instanceof Rectifiable able) {
        y = scope.apply(names.get(i), rectified(able), y);
        i++;
      } else {
        y = scope.apply(names.get(i), layer, y);
      }
    }
    return y;
  }

  private static Layer rectified(Rectifiable layer) {
    return (scope, x) -> layer.forward(scope, x, true);
  }
}
