package io.kiln.nn.zoo;

import io.kiln.nn.autograd.Var;
import io.kiln.nn.config.ConfigException;
import io.kiln.nn.config.Settings;
import io.kiln.nn.data.SampleSpec;
import io.kiln.nn.layer.Model;
import io.kiln.nn.layer.Scope;
import io.kiln.nn.layer.Views;
import java.util.List;

/**
 * A network for images whose answer, when it is used, is the mean of those for several views of
 * each image: see {@link Views}. Parameters have the names they have without.
 *
 * @param views the views, and the network as a layer
 */
record Viewed(Views views) implements Model {
  /** Reads {@code flip} (true), {@code shift} (0) of a section {@code views}. */
  static Viewed from(Settings section, Model network, SampleSpec spec) {
    if (spec.inputs().size() != 1 || spec.inputs().get(0).rank() != 3) {
      throw new ConfigException(
          section.where()
              + ": it needs images [c, h, w] but a sample is "
              + spec.inputs()
              + "; leave it out");
    }
    return new Viewed(Views.of(section, (scope, x) -> network.forward(scope, List.of(x))));
  }

  @Override
  public Var forward(Scope scope, List<Var> inputs) {
    return views.forward(scope, inputs.get(0));
  }
}
