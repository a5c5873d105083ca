package io.kiln.nn.zoo;

import io.kiln.nn.config.ConfigException;
import io.kiln.nn.config.Settings;
import io.kiln.nn.data.SampleSpec;
import io.kiln.nn.layer.Model;
import io.kiln.nn.layer.Named;
import io.kiln.nn.layer.Sequential;

/** Makes the network that a configuration describes. */
public final class Models {
  private static final Named<NamedModel> BY_NAME =
      new Named<>(NamedModel.class, "model", Settings.class, SampleSpec.class);

  private Models() {}

  /**
   * Reads {@code model}: either {@code type} with the settings of a named network, or {@code
   * layers}, a list of layers.
   */
  public static Model from(Settings model, SampleSpec spec) {
    if (model.has("layers")) {
      if (model.has("type")) {
        throw new ConfigException(model.where() + ": give either type or layers, not both");
      }
      return Model.of(Sequential.from(model));
    }
    return BY_NAME.make(model.path("type"), model.text("type"), model, spec);
  }
}
