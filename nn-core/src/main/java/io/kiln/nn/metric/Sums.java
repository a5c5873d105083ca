package io.kiln.nn.metric;

/**
 * A metric that is computed from sums over samples. The sums of several workers, added element by
 * element in any way, are the sums of all their samples.
 */
public interface Sums {
  /** The sums, copied; counts are whole numbers, exact below 2⁵³. */
  double[] sums();

  /**
   * Adds the sums of another part of the samples.
   *
   * @throws IllegalArgumentException if they are of another metric
   */
  void merge(double[] sums);
}
