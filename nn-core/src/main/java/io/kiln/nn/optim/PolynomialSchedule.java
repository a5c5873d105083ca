package io.kiln.nn.optim;

import io.kiln.nn.config.Settings;

/**
 * A power over the whole fit, from 1 to {@code end}, step by step: end + (1 − end)·(1 −
 * progress)^power. Power 1 is linear.
 *
 * @param power exponent
 * @param end factor at the end
 */
public record PolynomialSchedule(double power, double end) implements Schedule {
  /** Reads {@code power} (1), {@code end} (0). */
  public static PolynomialSchedule from(Settings settings) {
    double power = settings.within(0, 100, "power", 1);
    double end = settings.within(0, 1, "end", 0);
    settings.finish();
    return new PolynomialSchedule(power, end);
  }

  @Override
  public double factor(Position position) {
    return end + (1 - end) * StrictMath.pow(1 - position.progress(), power);
  }
}
