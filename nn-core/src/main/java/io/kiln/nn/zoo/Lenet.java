package io.kiln.nn.zoo;

import io.kiln.nn.autograd.Var;
import io.kiln.nn.config.Settings;
import io.kiln.nn.data.SampleSpec;
import io.kiln.nn.layer.Conv2d;
import io.kiln.nn.layer.Dense;
import io.kiln.nn.layer.Flatten;
import io.kiln.nn.layer.MaxPool2d;
import io.kiln.nn.layer.Relu;
import io.kiln.nn.layer.Scope;
import io.kiln.nn.layer.Sequential;
import java.util.List;

/**
 * The small convolutional network of the MNIST examples, after LeCun et al. 1998: 20 filters of
 * 5×5, pooling, 50 filters of 5×5, pooling, 500 units, scores.
 *
 * <p>Shapes: x {@code [n, c, h, w]} with h, w ≥ 16 → scores {@code [n, outputs]}. Parameters are
 * numbered as in {@code nn.Sequential}: 0, 3, 7, 9.
 *
 * @param body the layers
 */
public record Lenet(Sequential body) implements NamedModel {
  /** Reads {@code outputs}. */
  public static Lenet from(Settings settings, SampleSpec spec) {
    int outputs = Outputs.from(settings, spec);
    settings.finish();
    return new Lenet(
        Sequential.of(
            Conv2d.of(20, 5, 0),
            new Relu(),
            MaxPool2d.of(2, 2, 0),
            Conv2d.of(50, 5, 0),
            new Relu(),
            MaxPool2d.of(2, 2, 0),
            new Flatten(),
            Dense.of(500),
            new Relu(),
            Dense.of(outputs)));
  }

  @Override
  public Var forward(Scope scope, List<Var> inputs) {
    return body.forward(scope, inputs.get(0));
  }
}
