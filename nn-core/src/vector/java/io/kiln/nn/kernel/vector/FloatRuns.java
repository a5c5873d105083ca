package io.kiln.nn.kernel.vector;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Sums and maps of runs of numbers that share a mean, a gain and an offset: rows and planes that
 * are normalised.
 *
 * <p>Sums are in float32 lane by lane over {@link #FEW} numbers, what no whole vectors cover in the
 * first lanes, then in double over the lanes in their order and over the parts in theirs: written
 * out, because the Vector API promises no order for a sum over lanes.
 */
@SuppressWarnings("cast") // the casts are needed in one of the two widths only
final class FloatRuns {
  private static final VectorSpecies<Float> SPECIES = FloatLanes.SPECIES;
  static final int LANES = SPECIES.length();

  /** Numbers whose sum is in float32. */
  private static final int FEW = 64 * LANES;

  private final float[] parts = new float[2 * LANES];

  /** The second sum of the last call that gives two. */
  private double second;

  /** What the second sum was. */
  double second() {
    return second;
  }

  private double lanes(int from) {
    double sum = 0;
    for (int i = from; i < from + LANES; i++) {
      sum += parts[i];
    }
    return sum;
  }

  /** Σ x over n numbers. */
  double sum(float[] x, int at, int n) {
    double sum = 0;
    for (int done = 0; done < n; done += FEW) {
      sum(x, at + done, Math.min(FEW, n - done), parts);
      sum += lanes(0);
    }
    return sum;
  }

  /** Σ (x − center)², and Σ (x − center) as the second. */
  double squares(float[] x, int at, int n, float center) {
    double sum = 0;
    double differences = 0;
    for (int done = 0; done < n; done += FEW) {
      squares(x, at + done, Math.min(FEW, n - done), center, parts);
      sum += lanes(0);
      differences += lanes(LANES);
    }
    second = differences;
    return sum;
  }

  /** Σ g·(x − center), and Σ g as the second. */
  double products(float[] g, int by, float[] x, int at, int n, float center) {
    double sum = 0;
    double plain = 0;
    for (int done = 0; done < n; done += FEW) {
      int count = Math.min(FEW, n - done);
      products(g, by + done, x, at + done, count, center, parts);
      sum += lanes(0);
      plain += lanes(LANES);
    }
    second = plain;
    return sum;
  }

  /** Σ g·(x − center) where y is above 0, and Σ g there as the second. */
  double products(float[] g, int by, float[] x, int at, float[] y, int mask, int n, float center) {
    double sum = 0;
    double plain = 0;
    for (int done = 0; done < n; done += FEW) {
      int count = Math.min(FEW, n - done);
      products(g, by + done, x, at + done, y, mask + done, count, center, parts);
      sum += lanes(0);
      plain += lanes(LANES);
    }
    second = plain;
    return sum;
  }

  /** Σ g·w·(x − center), and Σ g·w as the second. */
  double weighted(float[] g, int by, float[] w, int atW, float[] x, int at, int n, float center) {
    double sum = 0;
    double plain = 0;
    for (int done = 0; done < n; done += FEW) {
      int count = Math.min(FEW, n - done);
      weighted(g, by + done, w, atW + done, x, at + done, count, center, parts);
      sum += lanes(0);
      plain += lanes(LANES);
    }
    second = plain;
    return sum;
  }

  private static void sum(float[] x, int at, int n, float[] sums) {
    FloatVector even = FloatVector.zero(SPECIES);
    FloatVector odd = even;
    int i = 0;
    for (; i <= n - 2 * LANES; i += 2 * LANES) {
      even = even.add(FloatVector.fromArray(SPECIES, x, at + i));
      odd = odd.add(FloatVector.fromArray(SPECIES, x, at + i + LANES));
    }
    for (; i <= n - LANES; i += LANES) {
      even = even.add(FloatVector.fromArray(SPECIES, x, at + i));
    }
    even.add(odd).intoArray(sums, 0);
    for (int lane = 0; i < n; i++, lane++) {
      sums[lane] += x[at + i];
    }
  }

  private static void squares(float[] x, int at, int n, float center, float[] sums) {
    FloatVector sum = FloatVector.zero(SPECIES);
    FloatVector differences = sum;
    FloatVector m = FloatVector.broadcast(SPECIES, center);
    int i = 0;
    for (; i <= n - LANES; i += LANES) {
      FloatVector d = FloatVector.fromArray(SPECIES, x, at + i).sub(m);
      sum = d.fma(d, sum);
      differences = differences.add(d);
    }
    sum.intoArray(sums, 0);
    differences.intoArray(sums, LANES);
    for (int lane = 0; i < n; i++, lane++) {
      float d = x[at + i] - center;
      sums[lane] += d * d;
      sums[LANES + lane] += d;
    }
  }

  private static void products(
      float[] g, int by, float[] x, int at, int n, float center, float[] sums) {
    FloatVector sum = FloatVector.zero(SPECIES);
    FloatVector plain = sum;
    FloatVector m = FloatVector.broadcast(SPECIES, center);
    int i = 0;
    for (; i <= n - LANES; i += LANES) {
      FloatVector v = FloatVector.fromArray(SPECIES, g, by + i);
      sum = v.fma(FloatVector.fromArray(SPECIES, x, at + i).sub(m), sum);
      plain = plain.add(v);
    }
    sum.intoArray(sums, 0);
    plain.intoArray(sums, LANES);
    for (int lane = 0; i < n; i++, lane++) {
      sums[lane] += g[by + i] * (x[at + i] - center);
      sums[LANES + lane] += g[by + i];
    }
  }

  private static void products(
      float[] g,
      int by,
      float[] x,
      int at,
      float[] y,
      int mask,
      int n,
      float center,
      float[] sums) {
    FloatVector zero = FloatVector.zero(SPECIES);
    FloatVector sum = zero;
    FloatVector plain = zero;
    FloatVector m = FloatVector.broadcast(SPECIES, center);
    int i = 0;
    for (; i <= n - LANES; i += LANES) {
      VectorMask<Float> above =
          FloatVector.fromArray(SPECIES, y, mask + i).compare(VectorOperators.GT, zero);
      FloatVector v = zero.blend(FloatVector.fromArray(SPECIES, g, by + i), above);
      sum = v.fma(FloatVector.fromArray(SPECIES, x, at + i).sub(m), sum);
      plain = plain.add(v);
    }
    sum.intoArray(sums, 0);
    plain.intoArray(sums, LANES);
    for (int lane = 0; i < n; i++, lane++) {
      float v = y[mask + i] > 0 ? g[by + i] : 0;
      sums[lane] += v * (x[at + i] - center);
      sums[LANES + lane] += v;
    }
  }

  private static void weighted(
      float[] g, int by, float[] w, int atW, float[] x, int at, int n, float center, float[] sums) {
    FloatVector sum = FloatVector.zero(SPECIES);
    FloatVector plain = sum;
    FloatVector m = FloatVector.broadcast(SPECIES, center);
    int i = 0;
    for (; i <= n - LANES; i += LANES) {
      FloatVector v =
          FloatVector.fromArray(SPECIES, g, by + i).mul(FloatVector.fromArray(SPECIES, w, atW + i));
      sum = v.fma(FloatVector.fromArray(SPECIES, x, at + i).sub(m), sum);
      plain = plain.add(v);
    }
    sum.intoArray(sums, 0);
    plain.intoArray(sums, LANES);
    for (int lane = 0; i < n; i++, lane++) {
      float v = g[by + i] * w[atW + i];
      sums[lane] += v * (x[at + i] - center);
      sums[LANES + lane] += v;
    }
  }

  /** y = gain·(x − center) + offset, but no less than {@code least}; y may be x. */
  static void affine(
      float[] x,
      int at,
      int n,
      float center,
      float gain,
      float offset,
      float least,
      float[] y,
      int to) {
    FloatVector m = FloatVector.broadcast(SPECIES, center);
    FloatVector a = FloatVector.broadcast(SPECIES, gain);
    FloatVector b = FloatVector.broadcast(SPECIES, offset);
    FloatVector floor = FloatVector.broadcast(SPECIES, least);
    int i = 0;
    for (; i <= n - LANES; i += LANES) {
      FloatVector.fromArray(SPECIES, x, at + i).sub(m).fma(a, b).max(floor).intoArray(y, to + i);
    }
    for (; i < n; i++) {
      y[to + i] = Math.max(Math.fma(x[at + i] - center, gain, offset), least);
    }
  }

  /** y = ((x − center)·inverse + shift)·w + b with a gain and an offset a number; y may be x. */
  static void affine(
      float[] x,
      int at,
      int n,
      float center,
      float inverse,
      float shift,
      float[] w,
      int atW,
      float[] b,
      int atB,
      float[] y,
      int to) {
    FloatVector m = FloatVector.broadcast(SPECIES, center);
    FloatVector a = FloatVector.broadcast(SPECIES, inverse);
    FloatVector s = FloatVector.broadcast(SPECIES, shift);
    int i = 0;
    for (; i <= n - LANES; i += LANES) {
      FloatVector.fromArray(SPECIES, x, at + i)
          .sub(m)
          .fma(a, s)
          .fma(
              FloatVector.fromArray(SPECIES, w, atW + i),
              FloatVector.fromArray(SPECIES, b, atB + i))
          .intoArray(y, to + i);
    }
    for (; i < n; i++) {
      float normal = Math.fma(x[at + i] - center, inverse, shift);
      y[to + i] = Math.fma(normal, w[atW + i], b[atB + i]);
    }
  }

  /** dx = a·g + b·(x − center) + d; dx may be g. */
  static void combine(
      float[] g,
      int by,
      float[] x,
      int at,
      int n,
      float center,
      float a,
      float b,
      float d,
      float[] dx,
      int to) {
    FloatVector m = FloatVector.broadcast(SPECIES, center);
    FloatVector ca = FloatVector.broadcast(SPECIES, a);
    FloatVector cb = FloatVector.broadcast(SPECIES, b);
    FloatVector cd = FloatVector.broadcast(SPECIES, d);
    int i = 0;
    for (; i <= n - LANES; i += LANES) {
      FloatVector rest = FloatVector.fromArray(SPECIES, x, at + i).sub(m).fma(cb, cd);
      FloatVector.fromArray(SPECIES, g, by + i).fma(ca, rest).intoArray(dx, to + i);
    }
    for (; i < n; i++) {
      dx[to + i] = Math.fma(g[by + i], a, Math.fma(x[at + i] - center, b, d));
    }
  }

  /** The same with g counting as 0 where y is not above 0. */
  static void combine(
      float[] g,
      int by,
      float[] x,
      int at,
      float[] y,
      int mask,
      int n,
      float center,
      float a,
      float b,
      float d,
      float[] dx,
      int to) {
    FloatVector zero = FloatVector.zero(SPECIES);
    FloatVector m = FloatVector.broadcast(SPECIES, center);
    FloatVector ca = FloatVector.broadcast(SPECIES, a);
    FloatVector cb = FloatVector.broadcast(SPECIES, b);
    FloatVector cd = FloatVector.broadcast(SPECIES, d);
    int i = 0;
    for (; i <= n - LANES; i += LANES) {
      VectorMask<Float> above =
          FloatVector.fromArray(SPECIES, y, mask + i).compare(VectorOperators.GT, zero);
      FloatVector v = zero.blend(FloatVector.fromArray(SPECIES, g, by + i), above);
      FloatVector rest = FloatVector.fromArray(SPECIES, x, at + i).sub(m).fma(cb, cd);
      v.fma(ca, rest).intoArray(dx, to + i);
    }
    for (; i < n; i++) {
      float v = y[mask + i] > 0 ? g[by + i] : 0;
      dx[to + i] = Math.fma(v, a, Math.fma(x[at + i] - center, b, d));
    }
  }

  /** dx = a·g·w + b·(x − center) + d with a gain a number; dx may be g. */
  static void weigh(
      float[] g,
      int by,
      float[] w,
      int atW,
      float[] x,
      int at,
      int n,
      float center,
      float a,
      float b,
      float d,
      float[] dx,
      int to) {
    FloatVector m = FloatVector.broadcast(SPECIES, center);
    FloatVector ca = FloatVector.broadcast(SPECIES, a);
    FloatVector cb = FloatVector.broadcast(SPECIES, b);
    FloatVector cd = FloatVector.broadcast(SPECIES, d);
    int i = 0;
    for (; i <= n - LANES; i += LANES) {
      FloatVector rest = FloatVector.fromArray(SPECIES, x, at + i).sub(m).fma(cb, cd);
      FloatVector.fromArray(SPECIES, g, by + i)
          .mul(FloatVector.fromArray(SPECIES, w, atW + i))
          .fma(ca, rest)
          .intoArray(dx, to + i);
    }
    for (; i < n; i++) {
      dx[to + i] = Math.fma(g[by + i] * w[atW + i], a, Math.fma(x[at + i] - center, b, d));
    }
  }

  /** dw += g·((x − center)·inverse + shift) and db += g, number by number. */
  static void gains(
      float[] g,
      int by,
      float[] x,
      int at,
      int n,
      float center,
      float inverse,
      float shift,
      float[] dw,
      int atW,
      float[] db,
      int atB) {
    FloatVector m = FloatVector.broadcast(SPECIES, center);
    FloatVector a = FloatVector.broadcast(SPECIES, inverse);
    FloatVector s = FloatVector.broadcast(SPECIES, shift);
    int i = 0;
    for (; i <= n - LANES; i += LANES) {
      FloatVector v = FloatVector.fromArray(SPECIES, g, by + i);
      FloatVector.fromArray(SPECIES, x, at + i)
          .sub(m)
          .fma(a, s)
          .fma(v, FloatVector.fromArray(SPECIES, dw, atW + i))
          .intoArray(dw, atW + i);
      FloatVector.fromArray(SPECIES, db, atB + i).add(v).intoArray(db, atB + i);
    }
    for (; i < n; i++) {
      float normal = Math.fma(x[at + i] - center, inverse, shift);
      dw[atW + i] = Math.fma(normal, g[by + i], dw[atW + i]);
      db[atB + i] += g[by + i];
    }
  }
}
