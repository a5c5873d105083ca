package io.kiln.spark.sweep;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a fit ended that a suggestion asked for.
 *
 * @param part which
 * @param epochs it has behind it; of a failed one those it had before
 * @param value the metric; null if it failed, or is no number
 * @param accuracy on the validation part at the epoch that counts
 * @param loss likewise
 * @param curve the metric after each epoch
 * @param over whether it cannot be trained further
 * @param seconds this took, without those of earlier rungs
 * @param start when it got its slot, in seconds from the start of the sweep
 * @param executor where it ran; empty if it did not
 * @param error why it failed, or null
 */
record PartEnd(
    Part part,
    int epochs,
    @Nullable Double value,
    @Nullable Double accuracy,
    @Nullable Double loss,
    @Nullable List<Double> curve,
    boolean over,
    double seconds,
    double start,
    String executor,
    @Nullable String error) {
  /** A fit that failed. */
  static PartEnd failed(
      Part part, int epochs, double seconds, double start, String executor, String why) {
    return new PartEnd(part, epochs, null, null, null, null, true, seconds, start, executor, why);
  }

  /** The same state as the end of another part: it was over before. */
  PartEnd again(Part later) {
    return new PartEnd(
        later, epochs, value, accuracy, loss, curve, true, 0, start + seconds, executor, error);
  }
}
