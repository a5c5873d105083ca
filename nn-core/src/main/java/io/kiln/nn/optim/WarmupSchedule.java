package io.kiln.nn.optim;

import io.kiln.nn.config.ConfigException;
import io.kiln.nn.config.Settings;

/**
 * Another schedule, multiplied in the first steps by a factor that grows in a straight line to 1.
 * Goyal et al. 2017, "Accurate, large minibatch SGD". The other schedule counts from the beginning
 * of training.
 *
 * @param length steps or epochs it lasts
 * @param inEpochs whether the length counts epochs
 * @param start where the line begins, one step before the first
 * @param then the other schedule
 */
public record WarmupSchedule(double length, boolean inEpochs, double start, Schedule then)
    implements Schedule {
  /** Reads {@code epochs} or {@code steps}, {@code start} (0), {@code then} (constant). */
  public static WarmupSchedule from(Settings settings) {
    boolean inEpochs = settings.has("epochs");
    if (inEpochs == settings.has("steps")) {
      throw new ConfigException(settings.where() + ": give either epochs or steps of the warmup");
    }
    double length =
        settings.within(
            0, Integer.MAX_VALUE, inEpochs ? "epochs" : "steps", 0); // one of them is there
    double start = settings.within(0, 1, "start", 0);
    Schedule then = Schedules.of(settings.section("then"));
    settings.finish();
    return new WarmupSchedule(length, inEpochs, start, then);
  }

  @Override
  public double factor(Position position) {
    double steps = inEpochs ? length * position.stepsPerEpoch() : length;
    double factor = then.factor(position);
    if (position.step() >= steps) {
      return factor;
    }
    return factor * (start + (1 - start) * Math.min(1, (position.step() + 1) / steps));
  }
}
