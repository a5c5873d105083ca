package io.kiln.nn.kernel.vector;

import io.kiln.nn.kernel.ExpReduction;
import io.kiln.nn.kernel.ExponentialRuns;
import io.kiln.nn.kernel.NormalTail;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * exp, tanh and the logistic function in float32 with the Vector API: the formulas of {@link
 * ExpReduction}, with fused multiplications and additions. The last numbers of a run are done in a
 * vector too, so that an element's result never depends on its place.
 *
 * <p>Each loop is a class reached through one call, so that the compiler makes it by itself: see
 * {@link FloatTransform}. None has more than some twenty operations: of longer ones JDK 17
 * sometimes makes an object of each vector.
 */
@SuppressWarnings("FloatingPointLiteralPrecision") // the published coefficients, in full
final class WideExponentials implements ExponentialRuns {
  private static final VectorSpecies<Float> SPECIES = FloatLanes.SPECIES;
  private static final int LANES = SPECIES.length();
  private static final float[] TAIL = NormalTail.terms();
  private static final int BLOCK = 1024;

  /** Makes 1 of every number that is not tiny, cut at 1. */
  private static final float HUGE = 1e30f;

  private static final ThreadLocal<float[][]> BLOCKS =
      ThreadLocal.withInitial(() -> new float[3][BLOCK]);

  @Override
  public void exp(float[] x, int at, float[] y, int to, int n) {
    float[][] blocks = BLOCKS.get();
    float[] block = blocks[0];
    for (int done = 0; done < n; done += BLOCK) {
      int count = Math.min(BLOCK, n - done);
      System.arraycopy(x, at + done, block, 0, count);
      power(block, blocks[1], count);
      System.arraycopy(block, 0, y, to + done, count);
    }
  }

  @Override
  public void sigmoid(float[] x, int at, float[] y, int to, int n) {
    float[][] blocks = BLOCKS.get();
    float[] block = blocks[0];
    for (int done = 0; done < n; done += BLOCK) {
      int count = Math.min(BLOCK, n - done);
      System.arraycopy(x, at + done, block, 0, count);
      run(NEGATE, block, block, count);
      power(block, blocks[1], count);
      run(LOGISTIC, block, block, count);
      System.arraycopy(block, 0, y, to + done, count);
    }
  }

  @Override
  public void tanh(float[] x, int at, float[] y, int to, int n) {
    float[][] blocks = BLOCKS.get();
    float[] block = blocks[0];
    float[] power = blocks[1];
    for (int done = 0; done < n; done += BLOCK) {
      int count = Math.min(BLOCK, n - done);
      System.arraycopy(x, at + done, block, 0, count);
      run(TWICE, block, power, count);
      power(power, blocks[2], count);
      run(FAR, block, power, count);
      run(SPLIT, block, power, count);
      run(NEAR, block, power, count);
      System.arraycopy(block, 0, y, to + done, count);
    }
  }

  @Override
  public void tail(float[] x, float[] p, int n) {
    float[] t = BLOCKS.get()[0];
    run(PART, x, t, n);
    Arrays.fill(p, 0, Math.min(p.length, n + LANES), 0);
    for (int steps = HORNER; steps < LOOPS.length; steps++) {
      run(steps, t, p, n);
    }
    run(LAST, t, p, n);
  }

  /** x = exp(x). */
  private static void power(float[] x, float[] k, int n) {
    run(REDUCE, x, k, n);
    run(POLYNOMIAL, x, k, n);
    run(LOWER_HALF, x, k, n);
    run(UPPER_HALF, x, k, n);
  }

  /** A loop over the first n places of arrays that have room for whole vectors. */
  private abstract static class Loop {
    abstract void run(float[] x, float[] y, int n);
  }

  private static final int NEGATE = 0;
  private static final int LOGISTIC = 1;
  private static final int TWICE = 2;
  private static final int FAR = 3;
  private static final int SPLIT = 4;
  private static final int NEAR = 5;
  private static final int REDUCE = 6;
  private static final int POLYNOMIAL = 7;
  private static final int LOWER_HALF = 8;
  private static final int UPPER_HALF = 9;
  private static final int PART = 10;
  private static final int LAST = 11;
  private static final int HORNER = 12;

  /** By number. */
  private static final Loop[] LOOPS = loops();

  private static Loop[] loops() {
    List<Loop> loops =
        new ArrayList<>(
            List.of(
                new Negate(),
                new Logistic(),
                new Twice(),
                new Far(),
                new Split(),
                new Near(),
                new Reduce(),
                new Polynomial(),
                new Scale(false),
                new Scale(true),
                new Part(),
                new Last()));
    for (int end = TAIL.length; end >= 4; end -= 4) {
      loops.add(new Horner(TAIL, end));
    }
    return loops.toArray(new Loop[0]);
  }

  /** y = s = 2t − 1 with t = 2 / (2 + |x|·√½). */
  private static final class Part extends Loop {
    @Override
    void run(float[] x, float[] y, int n) {
      FloatVector four = FloatVector.broadcast(SPECIES, 4);
      for (int i = 0; i < n; i += LANES) {
        FloatVector z = FloatVector.fromArray(SPECIES, x, i).abs().mul(NormalTail.ROOT).add(2);
        four.div(z).sub(1).intoArray(y, i);
      }
    }
  }

  /** Four terms of a polynomial in x by Horner's rule; y is what came before, and what comes. */
  private static final class Horner extends Loop {
    private final float c3;
    private final float c2;
    private final float c1;
    private final float c0;

    Horner(float[] c, int end) {
      c3 = c[end - 1];
      c2 = c[end - 2];
      c1 = c[end - 3];
      c0 = c[end - 4];
    }

    @Override
    void run(float[] x, float[] y, int n) {
      FloatVector a = FloatVector.broadcast(SPECIES, c3);
      FloatVector b = FloatVector.broadcast(SPECIES, c2);
      FloatVector c = FloatVector.broadcast(SPECIES, c1);
      FloatVector d = FloatVector.broadcast(SPECIES, c0);
      for (int i = 0; i < n; i += LANES) {
        FloatVector s = FloatVector.fromArray(SPECIES, x, i);
        FloatVector p = FloatVector.fromArray(SPECIES, y, i);
        p.fma(s, a).fma(s, b).fma(s, c).fma(s, d).intoArray(y, i);
      }
    }
  }

  /** y = t·y / 2 with x = 2t − 1. */
  private static final class Last extends Loop {
    @Override
    void run(float[] x, float[] y, int n) {
      for (int i = 0; i < n; i += LANES) {
        FloatVector t = FloatVector.fromArray(SPECIES, x, i).add(1).mul(0.25f);
        t.mul(FloatVector.fromArray(SPECIES, y, i)).intoArray(y, i);
      }
    }
  }

  /** The one call of all loops: of what lies in an array the compiler does not know what it is. */
  private static void run(int loop, float[] x, float[] y, int n) {
    LOOPS[loop].run(x, y, n);
  }

  /** x = −x. */
  private static final class Negate extends Loop {
    @Override
    void run(float[] x, float[] y, int n) {
      for (int i = 0; i < n; i += LANES) {
        FloatVector.fromArray(SPECIES, x, i).neg().intoArray(x, i);
      }
    }
  }

  /** x = 1 / (1 + x). */
  private static final class Logistic extends Loop {
    @Override
    void run(float[] x, float[] y, int n) {
      FloatVector one = FloatVector.broadcast(SPECIES, 1);
      for (int i = 0; i < n; i += LANES) {
        one.div(FloatVector.fromArray(SPECIES, x, i).add(one)).intoArray(x, i);
      }
    }
  }

  /** y = 2|x|, but no more than where tanh is 1. */
  private static final class Twice extends Loop {
    @Override
    void run(float[] x, float[] y, int n) {
      for (int i = 0; i < n; i += LANES) {
        FloatVector.fromArray(SPECIES, x, i)
            .abs()
            .min(ExpReduction.TANH_ONE)
            .mul(2)
            .intoArray(y, i);
      }
    }
  }

  /** y = tanh(x) with y = exp(2|x|), for x that are not small. */
  private static final class Far extends Loop {
    @Override
    void run(float[] x, float[] y, int n) {
      FloatVector one = FloatVector.broadcast(SPECIES, 1);
      FloatVector two = FloatVector.broadcast(SPECIES, 2);
      for (int i = 0; i < n; i += LANES) {
        FloatVector sign = FloatVector.fromArray(SPECIES, x, i).mul(HUGE).min(1).max(-1);
        one.sub(two.div(FloatVector.fromArray(SPECIES, y, i).add(one))).mul(sign).intoArray(y, i);
      }
    }
  }

  /** y = 0 where x is small, x = 0 where it is not; done with factors of 0 and 1. */
  private static final class Split extends Loop {
    @Override
    void run(float[] x, float[] y, int n) {
      FloatVector one = FloatVector.broadcast(SPECIES, 1);
      for (int i = 0; i < n; i += LANES) {
        FloatVector v =
            FloatVector.fromArray(SPECIES, x, i)
                .min(ExpReduction.TANH_ONE)
                .max(-ExpReduction.TANH_ONE);
        FloatVector isFar = v.abs().sub(ExpReduction.TANH_SPLIT).mul(HUGE).min(1).max(0);
        FloatVector.fromArray(SPECIES, y, i).mul(isFar).intoArray(y, i);
        v.mul(one.sub(isFar)).intoArray(x, i);
      }
    }
  }

  /** x = tanh(x) + y for small x. */
  private static final class Near extends Loop {
    @Override
    void run(float[] x, float[] y, int n) {
      for (int i = 0; i < n; i += LANES) {
        FloatVector v = FloatVector.fromArray(SPECIES, x, i);
        FloatVector z = v.mul(v);
        FloatVector p = z.mul(-5.70498872745E-3f).add(2.06390887954E-2f);
        p = p.fma(z, FloatVector.broadcast(SPECIES, -5.37397155531E-2f));
        p = p.fma(z, FloatVector.broadcast(SPECIES, 1.33314422036E-1f));
        p = p.fma(z, FloatVector.broadcast(SPECIES, -3.33332819422E-1f));
        p.mul(z).fma(v, v).add(FloatVector.fromArray(SPECIES, y, i)).intoArray(x, i);
      }
    }
  }

  /** y = x / ln 2 as {@link ExpReduction} rounds it, x = what is left of x. */
  private static final class Reduce extends Loop {
    @Override
    void run(float[] x, float[] y, int n) {
      FloatVector round = FloatVector.broadcast(SPECIES, ExpReduction.ROUND);
      for (int i = 0; i < n; i += LANES) {
        FloatVector v =
            FloatVector.fromArray(SPECIES, x, i).min(ExpReduction.HIGHEST).max(ExpReduction.LOWEST);
        FloatVector rounded = v.mul(ExpReduction.PER_LN2).add(round);
        FloatVector whole = rounded.sub(round);
        FloatVector r = whole.fma(FloatVector.broadcast(SPECIES, -ExpReduction.LN2_HIGH), v);
        rounded.intoArray(y, i);
        whole.fma(FloatVector.broadcast(SPECIES, -ExpReduction.LN2_LOW), r).intoArray(x, i);
      }
    }
  }

  /** x = exp(x) for small x. */
  private static final class Polynomial extends Loop {
    @Override
    void run(float[] x, float[] y, int n) {
      for (int i = 0; i < n; i += LANES) {
        FloatVector r = FloatVector.fromArray(SPECIES, x, i);
        FloatVector p = r.mul(1.9875691500E-4f).add(1.3981999507E-3f);
        p = p.fma(r, FloatVector.broadcast(SPECIES, 8.3334519073E-3f));
        p = p.fma(r, FloatVector.broadcast(SPECIES, 4.1665795894E-2f));
        p = p.fma(r, FloatVector.broadcast(SPECIES, 1.6666665459E-1f));
        p = p.fma(r, FloatVector.broadcast(SPECIES, 5.0000001201E-1f));
        p.fma(r.mul(r), r).add(1).intoArray(x, i);
      }
    }
  }

  /**
   * x = x·2ʰ with h the lower or the upper half of the k that the bits of y hold: ⌊k / 2⌋ or ⌊(k +
   * 1) / 2⌋. With both in one loop JDK 17 makes objects of vectors of 256 bits.
   */
  private static final class Scale extends Loop {
    private final int zero;

    Scale(boolean upper) {
      this.zero = upper ? ExpReduction.ROUND_BITS - 1 : ExpReduction.ROUND_BITS;
    }

    @Override
    void run(float[] x, float[] y, int n) {
      int least = zero;
      for (int i = 0; i < n; i += LANES) {
        IntVector k = FloatVector.fromArray(SPECIES, y, i).reinterpretAsInts().sub(least);
        IntVector half = k.lanewise(VectorOperators.ASHR, 1);
        FloatVector by = half.add(127).lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats();
        FloatVector.fromArray(SPECIES, x, i).mul(by).intoArray(x, i);
      }
    }
  }
}
