package io.kiln.spark.sweep;

import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.function.ToIntFunction;

/**
 * Which fits share a task. A task has a price whatever it does, so fits that are estimated to take
 * less than a second are trained one after another in one, as long as there are enough tasks for
 * all slots.
 *
 * @param wanted fits of a task at most; 0 for as many as are worth it
 * @param allowed whether the data and the workers of a fit allow it
 * @param work seconds that a trial of these values takes, about
 * @param wholeEpochs of a trial of these values
 */
record Packing(
    int wanted,
    boolean allowed,
    ToDoubleFunction<Map<String, Object>> work,
    ToIntFunction<Map<String, Object>> wholeEpochs) {
  /** Fits that take longer have a task of their own. */
  private static final double SMALL_SECONDS = 1;

  /** A task is long enough to make up for its start. */
  private static final double ENOUGH_SECONDS = 4;

  private static final int MOST = 128;

  /** Fits of a task where each result is wanted for the next choice. */
  private static final int MOST_DEPENDENT = 4;

  /** Fits of a task at most, if so many are left for so many slots. */
  int most(int left, int slots) {
    if (!allowed || wanted == 1) {
      return 1;
    }
    int most = wanted > 0 ? wanted : MOST;
    int share = (left + 2 * slots - 1) / Math.max(1, 2 * slots);
    return Math.max(1, wanted > 0 ? wanted : Math.min(most, share));
  }

  int mostDependent() {
    return 2 * MOST_DEPENDENT;
  }

  boolean isSmall(double seconds) {
    return seconds < SMALL_SECONDS;
  }

  boolean isEnough(double seconds) {
    return seconds > ENOUGH_SECONDS;
  }

  /** Seconds of a part, about. */
  double seconds(Part part, Map<String, Object> values) {
    double whole = work.applyAsDouble(values);
    int epochs = epochs(values);
    return part.until() >= epochs ? whole : whole * part.until() / epochs;
  }

  /** Epochs of a whole trial. */
  int epochs(Map<String, Object> values) {
    return wholeEpochs.applyAsInt(values);
  }
}
