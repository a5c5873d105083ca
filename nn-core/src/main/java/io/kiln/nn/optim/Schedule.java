package io.kiln.nn.optim;

import java.util.List;

/**
 * How the learning rate moves: a factor of the configured rate. A schedule that YAML can name is a
 * class with a static {@code from(Settings)} and a line in a list: see {@link
 * io.kiln.nn.config.Named}.
 *
 * <p>A schedule is a function of where training stands and has no state, so a resumed run goes on
 * exactly.
 */
@FunctionalInterface
public interface Schedule {
  /**
   * Where training stands.
   *
   * @param step 0 for the first step of all
   * @param stepsPerEpoch steps of one epoch
   * @param epochs epochs of the whole fit
   * @param losses validation loss of each epoch done, or training loss where nothing is held out;
   *     what schedules that watch it go by
   */
  record Position(long step, int stepsPerEpoch, int epochs, List<Double> losses) {
    /** Copies the list, unless it is immutable already. */
    public Position {
      losses = List.copyOf(losses);
    }

    /** A position for schedules that do not watch the loss. */
    public Position(long step, int stepsPerEpoch, int epochs) {
      this(step, stepsPerEpoch, epochs, List.of());
    }

    /** 0 in the first epoch. */
    public long epoch() {
      return step / Math.max(1, stepsPerEpoch);
    }

    /** Share of the whole fit that is done, in [0, 1]. */
    public double progress() {
      return Math.min(1, (double) step / total());
    }

    /** Steps of the whole fit, at least 1. */
    public double total() {
      return Math.max(1.0, (double) stepsPerEpoch * epochs);
    }
  }

  /** The factor at that step. */
  double factor(Position position);

  /**
   * Whether the factor of a step depends on how many epochs the whole fit has. Such a fit cannot be
   * continued longer and be what it would have been, had it been that long from the beginning.
   * Found by trying, so it holds for a schedule made of others too.
   */
  static boolean dependsOnLength(Schedule schedule) {
    int epochs = 100;
    for (int stepsPerEpoch = 1; stepsPerEpoch <= 10_000; stepsPerEpoch *= 10) {
      for (int i = 0; i < epochs; i++) {
        long step = (long) i * stepsPerEpoch;
        double once = schedule.factor(new Position(step, stepsPerEpoch, epochs));
        double twice = schedule.factor(new Position(step, stepsPerEpoch, 2 * epochs));
        if (once != twice) {
          return true;
        }
      }
    }
    return false;
  }
}
