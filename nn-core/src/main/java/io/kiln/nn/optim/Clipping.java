package io.kiln.nn.optim;

import io.kiln.nn.config.Settings;

/**
 * Limits of the mean gradient, applied in this order; infinity for none.
 *
 * @param value bound of each element's size
 * @param normEach bound of each parameter's L2 norm
 * @param norm bound of the L2 norm of all together: Pascanu, Mikolov and Bengio 2013
 */
public record Clipping(double value, double normEach, double norm) {
  private static final double NONE = Double.POSITIVE_INFINITY;

  /** No limits. */
  public static Clipping none() {
    return new Clipping(NONE, NONE, NONE);
  }

  /** Reads {@code clip-value}, {@code clip-norm-each}, {@code clip-norm}. */
  static Clipping from(Settings settings) {
    return new Clipping(
        settings.within(Double.MIN_NORMAL, NONE, "clip-value", NONE),
        settings.within(Double.MIN_NORMAL, NONE, "clip-norm-each", NONE),
        settings.within(Double.MIN_NORMAL, NONE, "clip-norm", NONE));
  }

  /** Whether there is no limit at all. */
  boolean isNone() {
    return !limitsValues() && !limitsEach() && !limitsNorm();
  }

  /** Whether elements are limited. */
  boolean limitsValues() {
    return value != NONE;
  }

  /** Whether the norm of each parameter is limited. */
  boolean limitsEach() {
    return normEach != NONE;
  }

  /** Whether the norm of all together is limited. */
  boolean limitsNorm() {
    return norm != NONE;
  }
}
