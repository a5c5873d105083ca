package io.kiln.nn.train;

/**
 * How far predicted numbers are from the true ones. Those of two parts can be added; spread is kept
 * around the mean of each part (Chan, Golub, LeVeque: "Updating formulae and a pairwise algorithm
 * for computing sample variances", 1979), so numbers far from zero lose nothing.
 *
 * @param count how many numbers
 * @param squares Σ (prediction − number)²
 * @param absolutes Σ |prediction − number|
 * @param mean of the true numbers
 * @param spread Σ (number − mean)²
 */
public record NumberErrors(
    long count, double squares, double absolutes, double mean, double spread) {
  /** Nothing compared yet. */
  public static final NumberErrors NONE = new NumberErrors(0, 0, 0, 0, 0);

  /** Root of the mean squared error; NaN without numbers. */
  public double rmse() {
    return count == 0 ? Double.NaN : Math.sqrt(squares / count);
  }

  /** Mean absolute error; NaN without numbers. */
  public double mae() {
    return count == 0 ? Double.NaN : absolutes / count;
  }

  /**
   * R² = 1 − squares / spread: 1 for perfect predictions, 0 for those that are no better than the
   * numbers' own mean; NaN if all numbers are equal.
   */
  public double r2() {
    return spread > 0 ? 1 - squares / spread : Double.NaN;
  }

  /** Both together. */
  public NumberErrors plus(NumberErrors other) {
    if (count == 0 || other.count == 0) {
      return count == 0 ? other : this;
    }
    long both = count + other.count;
    double apart = other.mean - mean;
    double part = (double) other.count / both;
    return new NumberErrors(
        both,
        squares + other.squares,
        absolutes + other.absolutes,
        mean + apart * part,
        spread + other.spread + apart * apart * count * part);
  }
}
