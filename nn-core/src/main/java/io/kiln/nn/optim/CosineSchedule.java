package io.kiln.nn.optim;

import io.kiln.nn.config.Settings;

/**
 * Half a cosine over the whole fit, from 1 to {@code end}, step by step: end + (1 − end)·(1 + cos(π
 * · progress)) / 2. Loshchilov and Hutter 2017, "SGDR", without restarts.
 *
 * @param end factor at the end
 */
public record CosineSchedule(double end) implements Schedule {
  /** Reads {@code end} (0). */
  public static CosineSchedule from(Settings settings) {
    double end = settings.within(0, 1, "end", 0);
    settings.finish();
    return new CosineSchedule(end);
  }

  @Override
  public double factor(Position position) {
    return between(1, end, position.progress());
  }

  /** From one value to another along half a cosine. */
  static double between(double from, double to, double share) {
    return to + (from - to) * (1 + StrictMath.cos(StrictMath.PI * share)) / 2;
  }
}
