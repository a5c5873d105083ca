package io.kiln.nn.optim;

import io.kiln.nn.config.Settings;

/**
 * Decay^⌊epoch / every⌋: the rate is multiplied by {@code decay} every so many epochs.
 *
 * @param every epochs between
 * @param decay factor each time
 */
public record StepSchedule(int every, double decay) implements Schedule {
  /** Reads {@code every}, {@code decay} (0.1). */
  public static StepSchedule from(Settings settings) {
    int every = settings.atLeast(1, "every", settings.integer("every"));
    double decay = settings.within(0, 1, "decay", 0.1);
    settings.finish();
    return new StepSchedule(every, decay);
  }

  @Override
  public double factor(Position position) {
    long times = position.epoch() / every;
    return StrictMath.pow(decay, (double) times);
  }
}
