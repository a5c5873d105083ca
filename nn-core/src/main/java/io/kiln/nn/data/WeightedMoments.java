package io.kiln.nn.data;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.math.BigInteger;

/**
 * Mean and deviation of numbers that have weights, exact and rounded once: the same for any order
 * and any division of the rows. Not thread-safe.
 */
public final class WeightedMoments {
  private final ExactSum weights;
  private final ExactSum sum;
  private final ExactSum squares;

  /** Of no numbers. */
  public WeightedMoments() {
    this(new ExactSum(), new ExactSum(), new ExactSum());
  }

  private WeightedMoments(ExactSum weights, ExactSum sum, ExactSum squares) {
    this.weights = weights;
    this.sum = sum;
    this.squares = squares;
  }

  /** Adds a finite number that counts so much, 0 or more. */
  public void add(double x, double weight) {
    weights.add(weight);
    if (weight == 1) {
      sum.add(x);
      squares.addSquare(x);
      return;
    }
    sum.addProduct(weight, x);
    double product = weight * x;
    squares.addProduct(product, x);
    squares.addProduct(Math.fma(weight, x, -product), x);
  }

  /** Adds what others have seen. */
  public void add(WeightedMoments other) {
    weights.add(other.weights);
    sum.add(other.sum);
    squares.add(other.squares);
  }

  /** Σwx / Σw; 0 if nothing counts. */
  public double mean() {
    BigInteger w = weights.numerator();
    return w.signum() == 0
        ? 0
        : ExactMoments.quotient(sum.numerator(), w, sum.scale() - weights.scale());
  }

  /** √(Σw(x − mean)² / Σw), with the exact mean; 0 if nothing counts. */
  public double deviation() {
    BigInteger w = weights.numerator();
    if (w.signum() == 0) {
      return 0;
    }
    BigInteger s = sum.numerator();
    int first = squares.scale() + weights.scale();
    int scale = Math.min(first, 2 * sum.scale());
    BigInteger spread =
        squares
            .numerator()
            .multiply(w)
            .shiftLeft(first - scale)
            .subtract(s.multiply(s).shiftLeft(2 * sum.scale() - scale));
    return spread.signum() <= 0
        ? 0
        : ExactMoments.root(spread, w.multiply(w), scale - 2 * weights.scale());
  }

  /** Writes what was seen. */
  public void write(DataOutput out) throws IOException {
    weights.write(out);
    sum.write(out);
    squares.write(out);
  }

  /** What was written. */
  public static WeightedMoments read(DataInput in) throws IOException {
    return new WeightedMoments(ExactSum.read(in), ExactSum.read(in), ExactSum.read(in));
  }
}
