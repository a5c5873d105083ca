package io.kiln.nn.kernel.plain;

import io.kiln.nn.kernel.ExpReduction;
import io.kiln.nn.kernel.ExponentialRuns;
import io.kiln.nn.kernel.NormalTail;
import io.kiln.nn.kernel.Rooms;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.util.Arrays;
import java.util.function.ObjIntConsumer;

/**
 * exp, tanh and the logistic function over runs of an array.
 *
 * <p>In float32 the loops are written with the Vector API, or without it vectorised by the
 * compiler, and the error is at most 2 units in the last place; the result of an element depends on
 * that element alone. In float64 they are {@link Math}'s, whose accuracy the gradient checks need.
 *
 * <p>exp(x) = 2ᵏ·exp(r) with k = round(x / ln 2) and a polynomial in r (Cody and Waite's reduction,
 * coefficients of Moshier's Cephes). k is read out of the bits of x / ln 2 + 1.5·2²³, and 2ᵏ
 * written as bits, a block at a time through a buffer, because the compiler of JDK 17 vectorises
 * neither conversions nor {@link Float#intBitsToFloat}. 2ᵏ is multiplied in two halves, so that
 * subnormal results are right.
 */
@SuppressWarnings("FloatingPointLiteralPrecision") // the published coefficients, in full
final class Exponentials {
  private static final float[] TAIL = NormalTail.terms();

  private static final ExponentialRuns RUNS = Rooms.exponentials(new Plain());

  /** Numbers that are done at a time. */
  static final int BLOCK = 1024;

  private static final ThreadLocal<Exponentials> OF_THREAD =
      ThreadLocal.withInitial(Exponentials::new);

  private final float[] v = new float[BLOCK];
  private final float[] k = new float[BLOCK];
  private final float[] high = new float[BLOCK];
  private final float[] low = new float[BLOCK];
  private final float[] kept = new float[BLOCK];
  private final int[] highBits = new int[BLOCK];
  private final int[] lowBits = new int[BLOCK];
  private final FloatBuffer floats;
  private final IntBuffer ints;

  private Exponentials() {
    ByteBuffer bytes = ByteBuffer.allocateDirect(4 * BLOCK).order(ByteOrder.nativeOrder());
    floats = bytes.asFloatBuffer();
    ints = bytes.asIntBuffer();
  }

  /** y[to + i] = exp(x[at + i]) for i below n; y may be x. */
  static void exp(float[] x, int at, float[] y, int to, int n) {
    RUNS.exp(x, at, y, to, n);
  }

  /** y[to + i] = exp(x[at + i]) for i below n; y may be x. */
  static void exp(double[] x, int at, double[] y, int to, int n) {
    for (int i = 0; i < n; i++) {
      y[to + i] = Math.exp(x[at + i]);
    }
  }

  /** y[to + i] = 1 / (1 + exp(−x[at + i])) for i below n; y may be x. */
  static void sigmoid(float[] x, int at, float[] y, int to, int n) {
    RUNS.sigmoid(x, at, y, to, n);
  }

  /** y[to + i] = 1 / (1 + exp(−x[at + i])) for i below n; y may be x. */
  static void sigmoid(double[] x, int at, double[] y, int to, int n) {
    for (int i = 0; i < n; i++) {
      double e = Math.exp(-Math.abs(x[at + i]));
      y[to + i] = (x[at + i] >= 0 ? 1 : e) / (1 + e);
    }
  }

  /** y[to + i] = tanh(x[at + i]) for i below n; y may be x. */
  static void tanh(float[] x, int at, float[] y, int to, int n) {
    RUNS.tanh(x, at, y, to, n);
  }

  /** y[to + i] = tanh(x[at + i]) for i below n; y may be x. */
  static void tanh(double[] x, int at, double[] y, int to, int n) {
    for (int i = 0; i < n; i++) {
      y[to + i] = Math.tanh(x[at + i]);
    }
  }

  /**
   * The normal distribution function and e^(−x²/2) of numbers at the beginning of arrays that have
   * room for {@link #BLOCK}; n is at most that.
   */
  static void normal(float[] x, float[] cumulative, float[] density, int n) {
    for (int i = 0; i < n; i++) {
      density[i] = -0.5f * x[i] * x[i];
    }
    RUNS.exp(density, 0, density, 0, n);
    RUNS.tail(x, cumulative, n);
    for (int i = 0; i < n; i++) {
      float tail = cumulative[i] * density[i];
      // 1 where x is above 0, without a branch: the tail is then taken from it.
      float above = Math.max(0f, Math.min(1f, x[i] * 1e38f));
      cumulative[i] = above + (1f - 2f * above) * tail;
    }
  }

  /** The same in float64. */
  static void normal(double[] x, double[] cumulative, double[] density, int n) {
    for (int i = 0; i < n; i++) {
      density[i] = Math.exp(-0.5 * x[i] * x[i]);
      cumulative[i] = NormalTail.cumulative(x[i], density[i]);
    }
  }

  /** Without the Vector API: in blocks, as the compiler can vectorise them. */
  private static final class Plain implements ExponentialRuns {
    @Override
    public void exp(float[] x, int at, float[] y, int to, int n) {
      blocks(Exponentials::exp, x, at, y, to, n);
    }

    @Override
    public void sigmoid(float[] x, int at, float[] y, int to, int n) {
      blocks(Exponentials::sigmoid, x, at, y, to, n);
    }

    @Override
    public void tanh(float[] x, int at, float[] y, int to, int n) {
      blocks(Exponentials::tanh, x, at, y, to, n);
    }

    @Override
    public void tail(float[] x, float[] p, int n) {
      Exponentials block = OF_THREAD.get();
      float[] t = block.k;
      for (int i = 0; i < n; i++) {
        t[i] = 2f / (2f + Math.abs(x[i]) * NormalTail.ROOT);
      }
      Arrays.fill(p, 0, n, TAIL[TAIL.length - 1]);
      for (int j = TAIL.length - 2; j >= 0; j--) {
        float c = TAIL[j];
        for (int i = 0; i < n; i++) {
          p[i] = p[i] * (2f * t[i] - 1f) + c;
        }
      }
      for (int i = 0; i < n; i++) {
        p[i] = 0.5f * t[i] * p[i];
      }
    }

    private static void blocks(
        ObjIntConsumer<Exponentials> function, float[] x, int at, float[] y, int to, int n) {
      Exponentials block = OF_THREAD.get();
      for (int done = 0; done < n; done += BLOCK) {
        int count = Math.min(BLOCK, n - done);
        System.arraycopy(x, at + done, block.v, 0, count);
        function.accept(block, count);
        System.arraycopy(block.v, 0, y, to + done, count);
      }
    }
  }

  /** v = exp(v) in the first n places. */
  private void exp(int n) {
    clamp(v, ExpReduction.LOWEST, ExpReduction.HIGHEST, n);
    round(v, k, n);
    powers(n);
    reduce(v, k, n);
    polynomial(v, n);
    scale(v, high, low, n);
  }

  private void sigmoid(int n) {
    for (int i = 0; i < n; i++) {
      v[i] = -v[i];
    }
    exp(n);
    for (int i = 0; i < n; i++) {
      v[i] = 1f / (1f + v[i]);
    }
  }

  /**
   * tanh(x) = x + x³·P(x²) below 0.625, else ±(1 − 2 / (exp(2|x|) + 1)); the half that does not
   * hold is multiplied by 0 instead of branched around.
   */
  private void tanh(int n) {
    clamp(v, -ExpReduction.TANH_ONE, ExpReduction.TANH_ONE, n);
    System.arraycopy(v, 0, kept, 0, n);
    for (int i = 0; i < n; i++) {
      v[i] = 2f * Math.abs(v[i]);
    }
    exp(n);
    for (int i = 0; i < n; i++) {
      v[i] = 1f - 2f / (v[i] + 1f);
    }
    for (int i = 0; i < n; i++) {
      float z = kept[i] * kept[i];
      float p = -5.70498872745E-3f * z + 2.06390887954E-2f;
      p = p * z - 5.37397155531E-2f;
      p = p * z + 1.33314422036E-1f;
      p = p * z - 3.33332819422E-1f;
      k[i] = p * z * kept[i] + kept[i];
    }
    for (int i = 0; i < n; i++) {
      low[i] = 2f * kept[i];
      high[i] = (Math.abs(kept[i]) - ExpReduction.TANH_SPLIT) * 1e30f;
    }
    clamp(low, -1f, 1f, n);
    clamp(high, 0f, 1f, n);
    for (int i = 0; i < n; i++) {
      v[i] = high[i] * (low[i] * v[i]) + (1f - high[i]) * k[i];
    }
  }

  private static void clamp(float[] x, float least, float most, int n) {
    for (int i = 0; i < n; i++) {
      x[i] = Math.max(least, Math.min(most, x[i]));
    }
  }

  private static void round(float[] x, float[] rounded, int n) {
    for (int i = 0; i < n; i++) {
      rounded[i] = x[i] * ExpReduction.PER_LN2 + ExpReduction.ROUND;
    }
  }

  /** high·low = 2ᵏ. */
  private void powers(int n) {
    floats.put(0, k, 0, n);
    ints.get(0, highBits, 0, n);
    halve(highBits, lowBits, n);
    ints.put(0, highBits, 0, n);
    floats.get(0, high, 0, n);
    ints.put(0, lowBits, 0, n);
    floats.get(0, low, 0, n);
  }

  private static void halve(int[] bits, int[] other, int n) {
    for (int i = 0; i < n; i++) {
      int whole = bits[i] - ExpReduction.ROUND_BITS;
      int half = whole >> 1;
      bits[i] = (half + 127) << 23;
      other[i] = (whole - half + 127) << 23;
    }
  }

  private static void reduce(float[] x, float[] rounded, int n) {
    for (int i = 0; i < n; i++) {
      float whole = rounded[i] - ExpReduction.ROUND;
      x[i] = x[i] - whole * ExpReduction.LN2_HIGH - whole * ExpReduction.LN2_LOW;
    }
  }

  private static void scale(float[] x, float[] a, float[] b, int n) {
    for (int i = 0; i < n; i++) {
      x[i] = x[i] * a[i] * b[i];
    }
  }

  /** r = exp(r) for |r| ≤ ln 2 / 2. */
  private static void polynomial(float[] r, int n) {
    for (int i = 0; i < n; i++) {
      float x = r[i];
      float p = 1.9875691500E-4f * x + 1.3981999507E-3f;
      p = p * x + 8.3334519073E-3f;
      p = p * x + 4.1665795894E-2f;
      p = p * x + 1.6666665459E-1f;
      p = p * x + 5.0000001201E-1f;
      r[i] = p * (x * x) + x + 1f;
    }
  }
}
