package io.kiln.nn.kernel;

/**
 * The normal distribution function in double precision.
 *
 * <p>With z = |x|/√2 and t = 2 / (2 + z) the upper tail is Q(|x|) = t·g(t)·e^(−x²/2) / 2, where
 * g(t) = erfc(z)·e^(z²) / t is smooth on [0, 1]: a Chebyshev series of it, fitted when the class is
 * loaded, is exact to 10⁻¹⁵. The fit takes erfc from its series below z = 1 and from its continued
 * fraction above (Abramowitz and Stegun, 7.1.6 and 7.1.14).
 */
public final class NormalTail {
  private static final int TERMS = 32;
  private static final double SQRT_PI = 1.772453850905516;
  private static final double SQRT_HALF = 0.7071067811865476;

  /** √½ in float32. */
  public static final float ROOT = 0.70710677f;

  private static final double[] COEFFICIENTS = fit();

  /** {@link #polynomial} of sixteen terms in float32. */
  private static final float[] ROUNDED = rounded(polynomial(16));

  private NormalTail() {}

  /** The terms of a polynomial in s = 2t − 1 in float32, the constant first; a copy. */
  public static float[] terms() {
    return ROUNDED.clone();
  }

  private static float[] rounded(double[] exact) {
    float[] rounded = new float[exact.length];
    for (int i = 0; i < exact.length; i++) {
      rounded[i] = (float) exact[i];
    }
    return rounded;
  }

  /** Φ(x), given e^(−x²/2), which callers need too. */
  public static double cumulative(double x, double e) {
    double t = 2 / (2 + Math.abs(x) * SQRT_HALF);
    double twice = 4 * t - 2;
    double d = 0;
    double dd = 0;
    for (int j = TERMS - 1; j > 0; j--) {
      double next = twice * d - dd + COEFFICIENTS[j];
      dd = d;
      d = next;
    }
    double tail = 0.5 * t * e * (0.5 * (COEFFICIENTS[0] + twice * d) - dd);
    return x < 0 ? tail : 1 - tail;
  }

  /**
   * The first terms of the series as a polynomial in s = 2t − 1: Σ of the result's element i times
   * sⁱ. Sixteen are exact to 10⁻⁷.
   */
  static double[] polynomial(int terms) {
    double[] sum = new double[terms];
    double[] before = new double[terms];
    double[] now = new double[terms];
    before[0] = 1; // T₀
    sum[0] = 0.5 * COEFFICIENTS[0];
    if (terms > 1) {
      now[1] = 1; // T₁
    }
    for (int j = 1; j < terms; j++) {
      double[] next = new double[terms];
      for (int i = 0; i < terms; i++) {
        sum[i] += COEFFICIENTS[j] * now[i];
        next[i] = (i > 0 ? 2 * now[i - 1] : 0) - before[i];
      }
      before = now;
      now = next;
    }
    return sum;
  }

  private static double[] fit() {
    int nodes = 2 * TERMS;
    double[] values = new double[nodes];
    for (int k = 0; k < nodes; k++) {
      double t = 0.5 + 0.5 * StrictMath.cos(StrictMath.PI * (k + 0.5) / nodes);
      values[k] = scaledErfc(2 / t - 2) / t;
    }
    double[] coefficients = new double[TERMS];
    for (int j = 0; j < TERMS; j++) {
      double sum = 0;
      for (int k = 0; k < nodes; k++) {
        sum += values[k] * StrictMath.cos(StrictMath.PI * j * (k + 0.5) / nodes);
      }
      coefficients[j] = 2 * sum / nodes;
    }
    return coefficients;
  }

  /** erfc(z)·e^(z²) for z ≥ 0. */
  private static double scaledErfc(double z) {
    if (z < 1) {
      double term = z;
      double sum = 0;
      for (int n = 0; n < 60; n++) {
        sum += term;
        term *= 2 * z * z / (2 * n + 3);
      }
      return StrictMath.exp(z * z) - 2 / SQRT_PI * sum;
    }
    double fraction = z;
    for (int n = 600; n > 0; n--) {
      fraction = z + 0.5 * n / fraction;
    }
    return 1 / (SQRT_PI * fraction);
  }
}
