package io.kiln.spark.search;

import org.apache.commons.math3.special.Erf;

/** The normal distribution of mean 0 and deviation 1. */
final class Normal {
  private static final double SQRT2 = Math.sqrt(2);

  private Normal() {}

  static double density(double x) {
    return Math.exp(-0.5 * x * x) / Math.sqrt(2 * Math.PI);
  }

  /** Probability of being below x. */
  static double below(double x) {
    return 0.5 * Erf.erfc(-x / SQRT2);
  }

  /** The x with that probability below it. */
  static double quantile(double probability) {
    double inside = Math.min(1 - 1e-15, Math.max(1e-300, probability));
    return -SQRT2 * Erf.erfcInv(2 * inside);
  }
}
