package io.kiln.nn.layer;

import io.kiln.nn.autograd.Var;
import io.kiln.nn.config.ConfigException;
import io.kiln.nn.config.Settings;
import io.kiln.nn.op.arithmetic.Unary;

/**
 * y = min(max(x, least), most), any shape; {@code {least: 0, most: 6}} is ReLU6.
 *
 * @param least lower limit, −∞ for none
 * @param most upper limit, ∞ for none
 */
public record Clip(double least, double most) implements Layer {
  /** Reads {@code least} and {@code most}; without one of them that side is open. */
  public static Clip from(Settings settings) {
    double least = settings.number("least", Double.NEGATIVE_INFINITY);
    double most = settings.number("most", Double.POSITIVE_INFINITY);
    settings.finish();
    if (!(least <= most)) {
      throw new ConfigException(
          settings.path("least")
              + ": "
              + least
              + " came but most is "
              + most
              + "; it must not be"
              + " above it");
    }
    return new Clip(least, most);
  }

  @Override
  public Var forward(Scope scope, Var x) {
    return Unary.clip(x, least, most);
  }
}
