package io.kiln.spark.shards;

import java.math.BigDecimal;

/**
 * The one double that stands for a number, however a file writes it: a double that is a float
 * written with nine digits or fewer becomes that float. So 0.1 from a CSV file and 0.1f from
 * Parquet are the same number, while other doubles stay what they are.
 */
final class Canonical {
  /** Nine digits tell any float from any other. */
  private static final int DIGITS = 9;

  private static final double MOST = 1e9;

  /** A float is less than one of its last digit away; half of it but for errors of old JDKs. */
  private static final double ONE = 0.999;

  private static final int TABLE = 60;

  /** Powers of ten up to here are doubles. */
  private static final int EXACT = 22;

  private static final double[] POWERS = new double[2 * TABLE + 1];
  private static final double LOG_2 = 0.30102999566398120;

  /** By biased exponent the power of ten of {@link #power}; NaN where that is not in the table. */
  private static final double[] SCALES = new double[2048];

  static {
    for (int i = 0; i < POWERS.length; i++) {
      POWERS[i] = Double.parseDouble("1e" + (i - TABLE));
    }
    for (int exponent = 0; exponent < SCALES.length; exponent++) {
      int power = power(exponent);
      boolean finite = exponent > 0 && exponent < SCALES.length - 1;
      boolean here = finite && power >= -TABLE && power <= TABLE;
      SCALES[exponent] = here ? POWERS[TABLE + power] : Double.NaN;
    }
  }

  private Canonical() {}

  /** The canonical double of x; −0 is 0. */
  static double of(double x) {
    float near = (float) x;
    if (x == near) {
      return x + 0.0;
    }
    return isRounded(x, near) ? near : x;
  }

  /**
   * Whether x is what a float is in so many digits. Of 10^p·x, with eleven digits before the point,
   * a decimal of nine is whole but for the rounding of x and of the product, which is below 10⁻⁴:
   * that rules nearly all other numbers out at once.
   */
  private static boolean isRounded(double x, double near) {
    int exponent = (int) (Double.doubleToRawLongBits(x) >>> 52) & 0x7ff;
    double shifted = x * SCALES[exponent];
    double whole = Math.rint(shifted);
    return Math.abs(shifted - whole) < 1e-4 && isDecimal(x, near, whole, power(exponent));
  }

  /** Which power of ten gives numbers of a biased exponent eleven digits before the point. */
  private static int power(int exponent) {
    return DIGITS - (int) Math.floor((exponent - Double.MAX_EXPONENT) * LOG_2);
  }

  private static boolean isDecimal(double x, double near, double whole, int power) {
    long digits = (long) Math.abs(whole);
    int zeros = 0;
    while (digits % 10 == 0 && zeros < DIGITS) {
      digits /= 10;
      zeros++;
    }
    double unit = POWERS[TABLE + zeros] * POWERS[TABLE - power];
    return digits < MOST && Math.abs(x - near) < ONE * unit && decimal(whole, power) == x;
  }

  /** The double of whole · 10^−power. */
  private static double decimal(double whole, int power) {
    if (power >= 0 && power <= EXACT) {
      return whole / POWERS[TABLE + power];
    }
    if (power < 0 && power >= -EXACT) {
      return whole * POWERS[TABLE - power];
    }
    return BigDecimal.valueOf((long) whole, power).doubleValue();
  }

  /** A number as a text: whole ones without a fraction. */
  static String text(double x) {
    if (x == Math.rint(x) && Math.abs(x) < 1e15) {
      return Long.toString((long) x);
    }
    return x == (float) x ? Float.toString((float) x) : Double.toString(x);
  }
}
