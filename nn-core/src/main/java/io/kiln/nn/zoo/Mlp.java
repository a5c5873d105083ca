package io.kiln.nn.zoo;

import io.kiln.nn.autograd.Var;
import io.kiln.nn.config.Settings;
import io.kiln.nn.data.SampleSpec;
import io.kiln.nn.layer.Dense;
import io.kiln.nn.layer.Flatten;
import io.kiln.nn.layer.Layer;
import io.kiln.nn.layer.Layers;
import io.kiln.nn.layer.Scope;
import io.kiln.nn.layer.Sequential;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Multilayer perceptron: hidden dense layers with an activation, then a dense layer of scores.
 *
 * <p>Shapes: x {@code [n, …]} (flattened) → scores {@code [n, outputs]}. Parameters are named as in
 * {@code nn.Sequential(Flatten, Linear, ReLU, Linear, …)}: 1.weight, 3.weight, …
 *
 * @param body the layers
 */
public record Mlp(Sequential body) implements NamedModel {
  /** Reads {@code hidden} (list of widths), {@code activation} and {@code outputs}. */
  public static Mlp from(Settings settings, SampleSpec spec) {
    List<Integer> hidden = settings.integers("hidden", List.of());
    String activation = settings.text("activation", "relu");
    int outputs =
        settings.atLeast(
            1, "outputs", spec.classes() > 0 ? spec.classes() : Math.max(1, spec.target().count()));
    settings.finish();
    List<Layer> layers = new ArrayList<>(List.of(new Flatten()));
    for (int width : hidden) {
      layers.add(Dense.from(Settings.of(settings.path("hidden"), Map.of("units", width))));
      layers.add(Layers.of(Settings.of(settings.path("activation"), Map.of("type", activation))));
    }
    layers.add(Dense.of(outputs));
    return new Mlp(Sequential.of(layers));
  }

  @Override
  public Var forward(Scope scope, List<Var> inputs) {
    return body.forward(scope, inputs.get(0));
  }
}
