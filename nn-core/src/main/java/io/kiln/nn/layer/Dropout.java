package io.kiln.nn.layer;

import io.kiln.nn.autograd.Var;
import io.kiln.nn.config.ConfigException;
import io.kiln.nn.config.Settings;

/**
 * Inverted dropout: in training y = x / (1 − rate) or, with probability {@code rate}, 0; else y =
 * x. Srivastava et al. 2014.
 *
 * <p>What is dropped is a function of seed, step, sample and the layer's path, so it does not
 * depend on the number of workers; a layer used twice under one name drops the same both times.
 *
 * <p>Shapes: x {@code [n, …]} → the same.
 *
 * @param rate share that is dropped, from 0 and below 1
 * @param channels whether whole channels of x {@code [n, c, …]} are dropped
 */
public record Dropout(double rate, boolean channels) implements Layer {
  /** Reads {@code rate} (0.5), {@code channels} (false). */
  public static Dropout from(Settings settings) {
    double rate = settings.within(0, 1, "rate", 0.5);
    if (rate == 1) {
      throw new ConfigException(
          settings.path("rate") + ": 1 came but it must be below 1, or nothing is left");
    }
    boolean channels = settings.flag("channels", false);
    settings.finish();
    return new Dropout(rate, channels);
  }

  @Override
  public Var forward(Scope scope, Var x) {
    if (!scope.training() || rate == 0) {
      return x;
    }
    long site = scope.site("dropout");
    return channels
        ? io.kiln.nn.op.arithmetic.Dropout.ofChannels(rate, site, x)
        : io.kiln.nn.op.arithmetic.Dropout.of(rate, site, x);
  }
}
