package io.kiln.nn.layer;

import io.kiln.nn.autograd.Var;
import io.kiln.nn.config.ConfigException;
import io.kiln.nn.config.Settings;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Several ways from the same input: what {@link Add}, {@link Multiply}, {@link Concat}, {@link
 * MatrixMultiply} and {@link Einsum} join.
 *
 * <p>Each way is a list of layers; an empty one hands the input on. Parameters are named by the
 * way, then by the layer in it: {@code 0.0.weight}, {@code 1.0.weight}, {@code 1.2.weight}.
 *
 * @param ways the ways by name, in order
 */
public record Branches(Map<String, Sequential> ways) {
  /** Keeps the order. */
  public Branches {
    ways = Collections.unmodifiableMap(new LinkedHashMap<>(ways));
  }

  /** Numbered ways. */
  public static Branches of(Sequential... ways) {
    Map<String, Sequential> named = new LinkedHashMap<>();
    for (Sequential way : ways) {
      named.put(String.valueOf(named.size()), way);
    }
    return new Branches(named);
  }

  /**
   * Reads {@code branches}, two or more sections with {@code layers} and perhaps a {@code name}.
   */
  static Branches from(Settings settings) {
    Map<String, Sequential> named = new LinkedHashMap<>();
    for (Settings one : settings.sections("branches")) {
      if (one.has("type")) {
        throw new ConfigException(
            one.path("type")
                + ": a layer came but a branch is needed; write {layers: [{type: …}]}");
      }
      String name = one.text("name", String.valueOf(named.size()));
      if (named.put(name, Sequential.from(one)) != null) {
        throw new ConfigException(
            one.path("name") + ": '" + name + "' is used twice; give each branch its own name");
      }
    }
    if (named.size() < 2) {
      throw new ConfigException(
          settings.path("branches")
              + ": "
              + named.size()
              + " came but two or more are needed; write [{layers: […]}, {layers: […]}], where {}"
              + " is the input as it is");
    }
    return new Branches(named);
  }

  /** Records all ways; their outputs in order. */
  List<Var> forward(Scope scope, Var x) {
    List<Var> outputs = new ArrayList<>();
    ways.forEach((name, way) -> outputs.add(scope.apply(name, way, x)));
    return outputs;
  }
}
