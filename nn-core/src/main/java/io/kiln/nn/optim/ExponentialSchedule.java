package io.kiln.nn.optim;

import io.kiln.nn.config.Settings;

/**
 * Decayᵉᵖᵒᶜʰ: the rate is multiplied by {@code decay} after each epoch.
 *
 * @param decay factor an epoch
 */
public record ExponentialSchedule(double decay) implements Schedule {
  /** Reads {@code decay}. */
  public static ExponentialSchedule from(Settings settings) {
    double decay = settings.within(0, 1, "decay", settings.number("decay"));
    settings.finish();
    return new ExponentialSchedule(decay);
  }

  @Override
  public double factor(Position position) {
    return StrictMath.pow(decay, (double) position.epoch());
  }
}
