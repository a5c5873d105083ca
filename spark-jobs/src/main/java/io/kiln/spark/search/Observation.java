package io.kiln.spark.search;

/**
 * What came of a suggestion.
 *
 * @param trial its number
 * @param epochs as they were suggested
 * @param merit the greater the better; NaN if the trial failed
 */
public record Observation(int trial, int epochs, double merit) {
  /** The merit; of a failed trial less than any other. */
  double rank() {
    return Double.isNaN(merit) ? Double.NEGATIVE_INFINITY : merit;
  }
}
