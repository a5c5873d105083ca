package io.kiln.nn.optim;

import io.kiln.nn.config.Settings;

/** The configured rate throughout. */
public record ConstantSchedule() implements Schedule {
  /** Has no settings. */
  public static ConstantSchedule from(Settings settings) {
    settings.finish();
    return new ConstantSchedule();
  }

  @Override
  public double factor(Position position) {
    return 1;
  }
}
