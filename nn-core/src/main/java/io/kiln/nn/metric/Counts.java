package io.kiln.nn.metric;

/** Checks shared by the metrics. */
final class Counts {
  private Counts() {}

  static void check(String where, int needed, double[] sums) {
    if (sums.length != needed) {
      throw new IllegalArgumentException(
          where + ": " + sums.length + " sums came but " + needed + " are needed");
    }
  }

  /** a / b, or 0 if b is 0. */
  static double ratio(double a, double b) {
    return b == 0 ? 0 : a / b;
  }
}
