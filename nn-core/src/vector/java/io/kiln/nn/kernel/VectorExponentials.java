package io.kiln.nn.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * exp, tanh and the logistic function in float32 with the Vector API: the formulas of {@link
 * Exponentials}, with fused multiplications and additions. The last numbers of a run are done in a
 * vector too, so that an element's result never depends on its place.
 *
 * <p>Each loop is a class reached through one call, so that the compiler makes it by itself: see
 * {@link FloatVectorTransform}.
 */
final class VectorExponentials implements Exponentials.Runs {
  private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
  private static final int LANES = SPECIES.length();
  private static final int BLOCK = 1024;

  private static final ThreadLocal<float[][]> BLOCKS =
      ThreadLocal.withInitial(() -> new float[2][BLOCK]);

  @Override
  public void exp(float[] x, int at, float[] y, int to, int n) {
    float[] block = BLOCKS.get()[0];
    for (int done = 0; done < n; done += BLOCK) {
      int count = Math.min(BLOCK, n - done);
      System.arraycopy(x, at + done, block, 0, count);
      run(POWER, block, block, count);
      System.arraycopy(block, 0, y, to + done, count);
    }
  }

  @Override
  public void sigmoid(float[] x, int at, float[] y, int to, int n) {
    float[] block = BLOCKS.get()[0];
    for (int done = 0; done < n; done += BLOCK) {
      int count = Math.min(BLOCK, n - done);
      System.arraycopy(x, at + done, block, 0, count);
      run(NEGATE, block, block, count);
      run(POWER, block, block, count);
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
      run(POWER, power, power, count);
      run(HYPERBOLIC, block, power, count);
      System.arraycopy(block, 0, y, to + done, count);
    }
  }

  /** A loop over the first n places of arrays that have room for whole vectors. */
  private abstract static class Loop {
    abstract void run(float[] x, float[] y, int n);
  }

  private static final Loop NEGATE = new Negate();
  private static final Loop LOGISTIC = new Logistic();
  private static final Loop TWICE = new Twice();
  private static final Loop HYPERBOLIC = new Hyperbolic();
  private static final Loop POWER = new Power();

  private static void run(Loop loop, float[] x, float[] y, int n) {
    loop.run(x, y, n);
  }

  private static FloatVector load(float[] x, int at) {
    return FloatVector.fromArray(SPECIES, x, at);
  }

  /** x = −x. */
  private static final class Negate extends Loop {
    @Override
    void run(float[] x, float[] y, int n) {
      for (int i = 0; i < n; i += LANES) {
        load(x, i).neg().intoArray(x, i);
      }
    }
  }

  /** x = 1 / (1 + x). */
  private static final class Logistic extends Loop {
    @Override
    void run(float[] x, float[] y, int n) {
      FloatVector one = FloatVector.broadcast(SPECIES, 1);
      for (int i = 0; i < n; i += LANES) {
        one.div(load(x, i).add(one)).intoArray(x, i);
      }
    }
  }

  /** y = 2|x|, but no more than where tanh is 1. */
  private static final class Twice extends Loop {
    @Override
    void run(float[] x, float[] y, int n) {
      for (int i = 0; i < n; i += LANES) {
        load(x, i).abs().min(Exponentials.TANH_ONE).mul(2).intoArray(y, i);
      }
    }
  }

  /** x = tanh(x) with y = exp(2|x|). */
  private static final class Hyperbolic extends Loop {
    @Override
    void run(float[] x, float[] y, int n) {
      FloatVector one = FloatVector.broadcast(SPECIES, 1);
      FloatVector two = FloatVector.broadcast(SPECIES, 2);
      for (int i = 0; i < n; i += LANES) {
        FloatVector v = load(x, i);
        FloatVector far = one.sub(two.div(load(y, i).add(one)));
        VectorMask<Float> below = v.compare(VectorOperators.LT, 0);
        far = far.blend(far.neg(), below);
        FloatVector z = v.mul(v);
        FloatVector p = z.mul(-5.70498872745E-3f).add(2.06390887954E-2f);
        p = p.fma(z, FloatVector.broadcast(SPECIES, -5.37397155531E-2f));
        p = p.fma(z, FloatVector.broadcast(SPECIES, 1.33314422036E-1f));
        p = p.fma(z, FloatVector.broadcast(SPECIES, -3.33332819422E-1f));
        FloatVector near = p.mul(z).fma(v, v);
        VectorMask<Float> isNear = v.abs().compare(VectorOperators.LT, Exponentials.TANH_SPLIT);
        far.blend(near, isNear).intoArray(x, i);
      }
    }
  }

  /** x = exp(x). */
  private static final class Power extends Loop {
    @Override
    void run(float[] x, float[] y, int n) {
      FloatVector round = FloatVector.broadcast(SPECIES, Exponentials.ROUND);
      for (int i = 0; i < n; i += LANES) {
        FloatVector v = load(x, i).min(Exponentials.HIGHEST).max(Exponentials.LOWEST);
        FloatVector rounded = v.mul(Exponentials.PER_LN2).add(round);
        FloatVector whole = rounded.sub(round);
        FloatVector r = whole.fma(FloatVector.broadcast(SPECIES, -Exponentials.LN2_HIGH), v);
        r = whole.fma(FloatVector.broadcast(SPECIES, -Exponentials.LN2_LOW), r);
        FloatVector p = r.mul(1.9875691500E-4f).add(1.3981999507E-3f);
        p = p.fma(r, FloatVector.broadcast(SPECIES, 8.3334519073E-3f));
        p = p.fma(r, FloatVector.broadcast(SPECIES, 4.1665795894E-2f));
        p = p.fma(r, FloatVector.broadcast(SPECIES, 1.6666665459E-1f));
        p = p.fma(r, FloatVector.broadcast(SPECIES, 5.0000001201E-1f));
        p = p.fma(r.mul(r), r).add(1);
        IntVector k = rounded.reinterpretAsInts().sub(Exponentials.ROUND_BITS);
        IntVector half = k.lanewise(VectorOperators.ASHR, 1);
        IntVector rest = k.sub(half);
        FloatVector high = half.add(127).lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats();
        FloatVector low = rest.add(127).lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats();
        p.mul(high).mul(low).intoArray(x, i);
      }
    }
  }
}
