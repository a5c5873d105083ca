package io.kiln.nn.zoo;

import io.kiln.nn.autograd.Var;
import io.kiln.nn.config.Settings;
import io.kiln.nn.data.SampleSpec;
import io.kiln.nn.layer.Conv2d;
import io.kiln.nn.layer.Dense;
import io.kiln.nn.layer.Flatten;
import io.kiln.nn.layer.Layer;
import io.kiln.nn.layer.MaxPool2d;
import io.kiln.nn.layer.Relu;
import io.kiln.nn.layer.Scope;
import io.kiln.nn.layer.Sequential;
import java.util.ArrayList;
import java.util.List;

/**
 * A plain convolutional network for small colour images: for each width two 3×3 convolutions and a
 * pooling, then a dense layer and scores.
 *
 * <p>Shapes: x {@code [n, c, h, w]} → scores {@code [n, outputs]}. Parameters are numbered as in
 * {@code nn.Sequential}.
 *
 * @param body the layers
 */
public record CifarCnn(Sequential body) implements NamedModel {
  /** Reads {@code filters} ([32, 64, 128]), {@code units} (256) and {@code outputs}. */
  public static CifarCnn from(Settings settings, SampleSpec spec) {
    List<Integer> filters = settings.integers("filters", List.of(32, 64, 128));
    int units = settings.atLeast(1, "units", 256);
    int outputs = Outputs.from(settings, spec);
    settings.finish();
    List<Layer> layers = new ArrayList<>();
    for (int width : filters) {
      layers.add(Conv2d.of(width, 3, 1));
      layers.add(new Relu());
      layers.add(Conv2d.of(width, 3, 1));
      layers.add(new Relu());
      layers.add(MaxPool2d.of(2, 2, 0));
    }
    layers.add(new Flatten());
    layers.add(Dense.of(units));
    layers.add(new Relu());
    layers.add(Dense.of(outputs));
    return new CifarCnn(Sequential.of(layers));
  }

  @Override
  public Var forward(Scope scope, List<Var> inputs) {
    return body.forward(scope, inputs.get(0));
  }
}
