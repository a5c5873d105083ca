package io.kiln.nn.optim;

import io.kiln.nn.config.ConfigException;
import io.kiln.nn.config.Settings;
import java.util.List;

/**
 * The rate is multiplied by {@code decay} after each of the named epochs: {@code at: [30, 60]} is
 * lower from the 31st on.
 *
 * @param at numbers of epochs done
 * @param decay factor each time
 */
public record MultiStepSchedule(List<Integer> at, double decay) implements Schedule {
  /** Copies the list. */
  public MultiStepSchedule {
    at = List.copyOf(at);
  }

  /** Reads {@code at}, {@code decay} (0.1). */
  public static MultiStepSchedule from(Settings settings) {
    List<Integer> at = settings.integers("at", List.of());
    if (at.isEmpty()) {
      throw new ConfigException(settings.path("at") + ": it is missing; list the epochs");
    }
    double decay = settings.within(0, 1, "decay", 0.1);
    settings.finish();
    return new MultiStepSchedule(at, decay);
  }

  @Override
  public double factor(Position position) {
    long epoch = position.epoch();
    return StrictMath.pow(decay, (double) at.stream().filter(one -> epoch >= one).count());
  }
}
