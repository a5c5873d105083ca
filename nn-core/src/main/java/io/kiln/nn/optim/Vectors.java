package io.kiln.nn.optim;

/** Arithmetic on flat double arrays of equal length. */
final class Vectors {
  private Vectors() {}

  static double dot(double[] x, double[] y) {
    double sum = 0;
    for (int i = 0; i < x.length; i++) {
      sum += x[i] * y[i];
    }
    return sum;
  }

  /** y += factor·x. */
  static void add(double factor, double[] x, double[] y) {
    for (int i = 0; i < x.length; i++) {
      y[i] += factor * x[i];
    }
  }

  /** out = factor·x. */
  static void scale(double factor, double[] x, double[] out) {
    for (int i = 0; i < x.length; i++) {
      out[i] = factor * x[i];
    }
  }

  /** The largest size of an element. */
  static double most(double[] x) {
    double most = 0;
    for (double one : x) {
      most = Math.max(most, Math.abs(one));
    }
    return most;
  }
}
