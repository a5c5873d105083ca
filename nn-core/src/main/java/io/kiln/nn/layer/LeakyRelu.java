package io.kiln.nn.layer;

import io.kiln.nn.autograd.Var;
import io.kiln.nn.config.Settings;
import io.kiln.nn.kernel.Nonlinearity;
import io.kiln.nn.op.arithmetic.Activation;

/**
 * Leaky rectifier, y = x where x &gt; 0, else slope·x. Any shape. Maas, Hannun and Ng 2013.
 *
 * @param slope slope below 0, itself 0 or more; 0.01 as in PyTorch
 */
public record LeakyRelu(double slope) implements Layer {
  /** Reads {@code slope}. */
  public static LeakyRelu from(Settings settings) {
    double slope = settings.within(0, Double.POSITIVE_INFINITY, "slope", 0.01);
    settings.finish();
    return new LeakyRelu(slope);
  }

  @Override
  public Var forward(Scope scope, Var x) {
    return Activation.of(Nonlinearity.LEAKY_RELU, slope, x);
  }
}
