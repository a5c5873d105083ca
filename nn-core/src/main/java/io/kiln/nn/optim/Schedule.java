package io.kiln.nn.optim;

/**
 * How the learning rate moves: a factor of the configured rate. A schedule that YAML can name is a
 * class of this package whose name ends in Schedule, with a static {@code from(Settings)}.
 */
@FunctionalInterface
public interface Schedule {
  /**
   * Where training stands.
   *
   * @param step 0 for the first step of all
   * @param stepsPerEpoch steps of one epoch
   * @param epochs epochs of the whole fit
   */
  record Position(long step, int stepsPerEpoch, int epochs) {
    /** 0 in the first epoch. */
    public long epoch() {
      return step / Math.max(1, stepsPerEpoch);
    }

    /** Share of the whole fit that is done, in [0, 1]. */
    public double progress() {
      return Math.min(1, (double) step / Math.max(1.0, (double) stepsPerEpoch * epochs));
    }
  }

  /** The factor at that step. */
  double factor(Position position);
}
