package io.kiln.nn.layer;

import io.kiln.nn.autograd.Var;
import io.kiln.nn.config.ConfigException;
import io.kiln.nn.config.Settings;

/** Linear activation, y = x. Any shape. The fully connected layer is {@link Dense}. */
public record Linear() implements Layer {
  /** Has no settings. */
  public static Linear from(Settings settings) {
    if (settings.has("units")) {
      throw new ConfigException(
          settings.path("units")
              + ": linear is the activation y = x; a fully connected layer is type: dense");
    }
    settings.finish();
    return new Linear();
  }

  @Override
  public Var forward(Scope scope, Var x) {
    return x;
  }
}
