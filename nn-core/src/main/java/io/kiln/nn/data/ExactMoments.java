package io.kiln.nn.data;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.math.BigInteger;

/**
 * Mean and deviation of a column, exact and rounded once: the same for any order and any division
 * of the rows. Missing numbers count as the mean. Not thread-safe.
 */
public final class ExactMoments {
  /** Bits of a quotient before it is rounded to 53; the last is set if anything was cut off. */
  private static final int BITS = 66;

  private final ExactSum sum;
  private final ExactSum squares;
  private long present;
  private long missing;

  /** Of no numbers. */
  public ExactMoments() {
    this(new ExactSum(), new ExactSum());
  }

  private ExactMoments(ExactSum sum, ExactSum squares) {
    this.sum = sum;
    this.squares = squares;
  }

  /** Adds a finite number, or NaN for a missing one. */
  public void add(double x) {
    if (Double.isNaN(x)) {
      missing++;
    } else {
      present++;
      sum.add(x);
      squares.addSquare(x);
    }
  }

  /** Adds what others have seen. */
  public void add(ExactMoments other) {
    sum.add(other.sum);
    squares.add(other.squares);
    present += other.present;
    missing += other.missing;
  }

  /** How many numbers were missing. */
  public long missing() {
    return missing;
  }

  /** Σx / n; 0 if there are none. */
  public double mean() {
    return present == 0 ? 0 : quotient(sum.numerator(), BigInteger.valueOf(present), sum.scale());
  }

  /** √(Σ(x − mean)² / n), with the exact mean; 0 if there are none. */
  public double deviation() {
    if (present == 0) {
      return 0;
    }
    BigInteger n = BigInteger.valueOf(present);
    BigInteger s = sum.numerator();
    int scale = Math.min(squares.scale(), 2 * sum.scale());
    BigInteger spread =
        squares
            .numerator()
            .multiply(n)
            .shiftLeft(squares.scale() - scale)
            .subtract(s.multiply(s).shiftLeft(2 * sum.scale() - scale));
    return root(spread, n.multiply(BigInteger.valueOf(present + missing)), scale);
  }

  /** a / b · 2^scale, rounded to the nearest double. */
  static double quotient(BigInteger a, BigInteger b, int scale) {
    int shift = Math.max(0, BITS - a.bitLength() + b.bitLength());
    BigInteger[] parts = a.abs().shiftLeft(shift).divideAndRemainder(b);
    return a.signum() * rounded(parts[0], parts[1].signum() != 0, scale - shift);
  }

  /** √(a / b · 2^scale), rounded to the nearest double. */
  static double root(BigInteger a, BigInteger b, int scale) {
    int shift = Math.max(0, 2 * BITS - a.bitLength() + b.bitLength());
    shift += scale - shift & 1;
    BigInteger[] parts = a.shiftLeft(shift).divideAndRemainder(b);
    BigInteger[] roots = parts[0].sqrtAndRemainder();
    boolean cut = parts[1].signum() != 0 || roots[1].signum() != 0;
    return rounded(roots[0], cut, (scale - shift) / 2);
  }

  /** x · 2^scale for x of BITS bits or more, of which something may be cut off. */
  private static double rounded(BigInteger x, boolean cut, int scale) {
    int drop = Math.max(0, x.bitLength() - BITS);
    boolean more = cut || (x.signum() != 0 && x.getLowestSetBit() < drop);
    BigInteger kept = x.shiftRight(drop).shiftLeft(1);
    BigInteger sticky = more ? kept.setBit(0) : kept;
    return Math.scalb(sticky.doubleValue(), scale + drop - 1);
  }

  /** Writes what was seen. */
  public void write(DataOutput out) throws IOException {
    out.writeLong(present);
    out.writeLong(missing);
    sum.write(out);
    squares.write(out);
  }

  /** What was written. */
  public static ExactMoments read(DataInput in) throws IOException {
    long present = in.readLong();
    long missing = in.readLong();
    ExactMoments moments = new ExactMoments(ExactSum.read(in), ExactSum.read(in));
    moments.present = present;
    moments.missing = missing;
    return moments;
  }
}
