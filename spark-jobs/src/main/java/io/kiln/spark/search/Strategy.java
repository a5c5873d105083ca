package io.kiln.spark.search;

import org.jspecify.annotations.Nullable;

/**
 * Chooses what is trained next. What it says is a function of what it was made of and of the calls
 * so far, so a sweep that is resumed makes the same calls again and goes on. Not thread-safe.
 *
 * <p>Order of calls: {@link #suggest} whenever there is room for another trial; {@link #observe}
 * once for each suggestion, in any order.
 */
public interface Strategy {
  /**
   * What to train next; null if there is nothing, until something is observed or, if nothing is
   * under way, for good.
   */
  @Nullable Suggestion suggest();

  /** Takes note of what came of a suggestion. */
  void observe(Observation what);

  /** Whether suggestions do not depend on observations: then it may be asked ahead of time. */
  boolean isIndependent();
}
