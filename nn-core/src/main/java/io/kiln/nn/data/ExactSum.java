package io.kiln.nn.data;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;

/**
 * The sum of doubles, or of their squares, without any rounding: so it does not depend on their
 * order, nor on how they are divided among those who add them.
 *
 * <p>A fixed-point number of limbs of 32 bits in longs, as long as the numbers need (Kulisch:
 * "Computer Arithmetic and Validity", 2008; Collange and others: "Reproducible and Accurate Matrix
 * Multiplication", 2014, for carries put off). Numbers must be finite. Not thread-safe.
 */
public final class ExactSum {
  /** The place of limb 0: squares of the smallest doubles begin at 2⁻²¹⁴⁸. */
  private static final int LOWEST = -2176;

  private static final int LIMBS = 140;
  private static final int BITS = 32;
  private static final long MASK = 0xffffffffL;

  /** A limb takes so many additions before it must hand on its carry. */
  private static final int PUT_OFF = 1 << 29;

  private static final long FRACTION = (1L << 52) - 1;

  private long[] limbs = new long[0];
  private int first;
  private int additions;

  /** Adds x. */
  public void add(double x) {
    long bits = Double.doubleToRawLongBits(x);
    int exponent = (int) (bits >>> 52) & 0x7ff;
    long fraction = bits & FRACTION;
    if (exponent == 0) {
      exponent = 1;
    } else {
      fraction |= 1L << 52;
    }
    if (fraction == 0) {
      return;
    }
    int place = exponent - 1075 - LOWEST;
    int limb = place >> 5;
    int shift = place & 31;
    require(limb, 3);
    int at = limb - first;
    long low = (fraction & MASK) << shift;
    long high = (fraction >>> BITS) << shift;
    if (bits < 0) {
      limbs[at] -= low & MASK;
      limbs[at + 1] -= (low >>> BITS) + (high & MASK);
      limbs[at + 2] -= high >>> BITS;
    } else {
      limbs[at] += low & MASK;
      limbs[at + 1] += (low >>> BITS) + (high & MASK);
      limbs[at + 2] += high >>> BITS;
    }
    count();
  }

  /** Adds x². */
  public void addSquare(double x) {
    long bits = Double.doubleToRawLongBits(x);
    int exponent = (int) (bits >>> 52) & 0x7ff;
    long fraction = bits & FRACTION;
    if (exponent == 0) {
      exponent = 1;
    } else {
      fraction |= 1L << 52;
    }
    if (fraction == 0) {
      return;
    }
    int zeros = Long.numberOfTrailingZeros(fraction);
    fraction >>>= zeros;
    int place = 2 * (exponent - 1075 + zeros) - LOWEST;
    int limb = place >> 5;
    int shift = place & 31;
    require(limb, 5);
    int at = limb - first;
    long low = fraction * fraction;
    long high = Math.multiplyHigh(fraction, fraction);
    long a = (low & MASK) << shift;
    long b = (low >>> BITS) << shift;
    long c = (high & MASK) << shift;
    long d = (high >>> BITS) << shift;
    limbs[at] += a & MASK;
    limbs[at + 1] += (a >>> BITS) + (b & MASK);
    limbs[at + 2] += (b >>> BITS) + (c & MASK);
    limbs[at + 3] += (c >>> BITS) + (d & MASK);
    limbs[at + 4] += d >>> BITS;
    count();
  }

  /** Adds x·y; exact as long as the product is no smaller than 2⁻⁹⁶⁹ or so. */
  public void addProduct(double x, double y) {
    double product = x * y;
    add(product);
    add(Math.fma(x, y, -product));
  }

  /** Adds another sum. */
  public void add(ExactSum other) {
    if (other.limbs.length == 0) {
      return;
    }
    other.carry();
    carry();
    require(other.first, other.limbs.length);
    for (int i = 0; i < other.limbs.length; i++) {
      limbs[other.first - first + i] += other.limbs[i];
    }
    count();
  }

  private void count() {
    if (++additions == PUT_OFF) {
      carry();
    }
  }

  /** Hands carries on, so that all limbs but the highest are from 0 to 2³² − 1. */
  private void carry() {
    additions = 0;
    if (limbs.length == 0) {
      return;
    }
    spread();
    long top = limbs[limbs.length - 1];
    if (top > Integer.MAX_VALUE || top < Integer.MIN_VALUE) {
      require(first, limbs.length + 2);
    }
  }

  /** Makes limbs from one on, in room for their neighbours too. */
  private void require(int from, int count) {
    if (limbs.length > 0 && from >= first && from + count <= first + limbs.length) {
      return;
    }
    int least = limbs.length == 0 ? from : Math.min(from, first);
    int most = Math.max(from + count, limbs.length == 0 ? 0 : first + limbs.length);
    if (limbs.length > 0) {
      spread();
    }
    long[] wider = new long[Math.min(most, LIMBS) - least];
    if (limbs.length > 0) {
      System.arraycopy(limbs, 0, wider, first - least, limbs.length);
      signExtend(wider, first - least + limbs.length);
    }
    limbs = wider;
    first = least;
  }

  private void spread() {
    long carry = 0;
    for (int i = 0; i < limbs.length - 1; i++) {
      long sum = limbs[i] + carry;
      limbs[i] = sum & MASK;
      carry = sum >> BITS;
    }
    limbs[limbs.length - 1] += carry;
  }

  /** What the highest limb has beyond 32 bits goes into the new ones above it. */
  private static void signExtend(long[] wider, int above) {
    for (int i = above; i < wider.length; i++) {
      long sum = wider[i - 1];
      wider[i - 1] = sum & MASK;
      wider[i] += sum >> BITS;
    }
  }

  /** The sum as a fraction of 2^{@link #scale}. */
  BigInteger numerator() {
    carry();
    BigInteger sum = BigInteger.ZERO;
    for (int i = limbs.length - 1; i >= 0; i--) {
      sum = sum.shiftLeft(BITS).add(BigInteger.valueOf(limbs[i]));
    }
    return sum;
  }

  /** What {@link #numerator} counts: 2^scale. */
  int scale() {
    return LOWEST + BITS * first;
  }

  /** The sum, every digit of it. */
  public BigDecimal exact() {
    BigDecimal two = BigDecimal.valueOf(2);
    BigDecimal numerator = new BigDecimal(numerator());
    return scale() >= 0
        ? numerator.multiply(two.pow(scale()))
        : numerator.divide(two.pow(-scale()));
  }

  /** Writes the limbs that are in use. */
  public void write(DataOutput out) throws IOException {
    carry();
    int from = 0;
    int to = limbs.length;
    while (from < to && limbs[from] == 0) {
      from++;
    }
    while (to > from && limbs[to - 1] == 0) {
      to--;
    }
    out.writeShort(first + from);
    out.writeShort(to - from);
    for (int i = from; i < to; i++) {
      out.writeLong(limbs[i]);
    }
  }

  /** A sum as it was written. */
  public static ExactSum read(DataInput in) throws IOException {
    ExactSum sum = new ExactSum();
    sum.first = in.readShort();
    int count = in.readShort();
    if (sum.first < 0 || count < 0 || sum.first + count > LIMBS) {
      throw new IOException(
          "exact sum: " + count + " limbs from " + sum.first + " came but there are " + LIMBS);
    }
    sum.limbs = new long[count];
    for (int i = 0; i < count; i++) {
      sum.limbs[i] = in.readLong();
    }
    return sum;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ExactSum that && exact().compareTo(that.exact()) == 0;
  }

  @Override
  public int hashCode() {
    return exact().stripTrailingZeros().hashCode();
  }
}
