package io.kiln.nn.kernel.vector;

import io.kiln.nn.kernel.Channels;
import io.kiln.nn.tensor.Tensor;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Channels with the Vector API where planes have one number, so that the channels of a row are
 * whole vectors side by side; everything else goes to the plain loops. Sums are in float32 over a
 * few rows, and in double over these.
 */
@SuppressWarnings("cast") // the casts are needed in one of the two widths only
final class FloatChannels implements Channels {
  private static final VectorSpecies<Float> SPECIES = FloatLanes.SPECIES;
  private static final int LANES = SPECIES.length();

  /** Rows that are summed in float32. */
  private static final int FEW = 32;

  private final Channels plain;
  private final ThreadLocal<Memory> memory = ThreadLocal.withInitial(Memory::new);

  /** Working memory of a thread: sums of a vector of channels. */
  private static final class Memory {
    private final float[] parts = new float[2 * LANES];
    private final double[] sums = new double[2 * LANES];

    void begin() {
      Arrays.fill(sums, 0);
    }

    void add(int count) {
      for (int i = 0; i < count; i++) {
        sums[i] += parts[i];
      }
    }
  }

  FloatChannels(Channels plain) {
    this.plain = plain;
  }

  private static boolean suits(int channels, int plane) {
    return plane == 1 && channels % LANES == 0;
  }

  /**
   * The first pass gives a center near the mean, the second what differences from it add up to: the
   * rest of the mean, and squares to which the center's own error does not matter.
   */
  @Override
  public void moments(
      Tensor x, int n, int channels, int plane, Tensor center, Tensor rest, Tensor variance) {
    if (!suits(channels, plane)) {
      plain.moments(x, n, channels, plane, center, rest, variance);
      return;
    }
    Memory own = memory.get();
    double count = Math.max(1, n);
    float[] centers = center.floats();
    float[] rests = rest.floats();
    float[] variances = variance.floats();
    for (int c = 0; c < channels; c += LANES) {
      int at = x.offset() + c;
      own.begin();
      for (int r = 0; r < n; r += FEW) {
        sum(x.floats(), at + r * channels, Math.min(FEW, n - r), channels, own.parts);
        own.add(LANES);
      }
      for (int j = 0; j < LANES; j++) {
        centers[center.offset() + c + j] = (float) (own.sums[j] / count);
      }
      own.begin();
      for (int r = 0; r < n; r += FEW) {
        int rows = Math.min(FEW, n - r);
        int m = center.offset() + c;
        squares(x.floats(), at + r * channels, rows, channels, centers, m, own.parts);
        own.add(2 * LANES);
      }
      for (int j = 0; j < LANES; j++) {
        double more = own.sums[LANES + j] / count;
        rests[rest.offset() + c + j] = (float) more;
        variances[variance.offset() + c + j] =
            (float) Math.max(0, own.sums[j] / count - more * more);
      }
    }
  }

  private static void sum(float[] x, int at, int rows, int width, float[] sums) {
    FloatVector sum = FloatVector.zero(SPECIES);
    for (int r = 0, q = at; r < rows; r++, q += width) {
      sum = sum.add(FloatVector.fromArray(SPECIES, x, q));
    }
    sum.intoArray(sums, 0);
  }

  /** Σ (x − center)², and after it Σ (x − center). */
  private static void squares(
      float[] x, int at, int rows, int width, float[] center, int atCenter, float[] sums) {
    FloatVector sum = FloatVector.zero(SPECIES);
    FloatVector differences = sum;
    FloatVector m = FloatVector.fromArray(SPECIES, center, atCenter);
    for (int r = 0, q = at; r < rows; r++, q += width) {
      FloatVector d = FloatVector.fromArray(SPECIES, x, q).sub(m);
      sum = d.fma(d, sum);
      differences = differences.add(d);
    }
    sum.intoArray(sums, 0);
    differences.intoArray(sums, LANES);
  }

  @Override
  public void affine(
      Tensor x,
      int n,
      int channels,
      int plane,
      Tensor center,
      Tensor scale,
      Tensor shift,
      boolean rectified,
      Tensor y) {
    if (!suits(channels, plane)) {
      plain.affine(x, n, channels, plane, center, scale, shift, rectified, y);
      return;
    }
    float least = rectified ? 0 : Float.NEGATIVE_INFINITY;
    for (int c = 0; c < channels; c += LANES) {
      affine(
          x.floats(),
          x.offset() + c,
          n,
          channels,
          center.floats(),
          center.offset() + c,
          scale.floats(),
          scale.offset() + c,
          shift.floats(),
          shift.offset() + c,
          least,
          y.floats(),
          y.offset() + c);
    }
  }

  private static void affine(
      float[] x,
      int at,
      int rows,
      int width,
      float[] center,
      int atCenter,
      float[] scale,
      int atScale,
      float[] shift,
      int atShift,
      float least,
      float[] y,
      int to) {
    FloatVector m = FloatVector.fromArray(SPECIES, center, atCenter);
    FloatVector a = FloatVector.fromArray(SPECIES, scale, atScale);
    FloatVector b = FloatVector.fromArray(SPECIES, shift, atShift);
    FloatVector lower = FloatVector.broadcast(SPECIES, least);
    for (int r = 0, q = 0; r < rows; r++, q += width) {
      FloatVector.fromArray(SPECIES, x, at + q).sub(m).fma(a, b).max(lower).intoArray(y, to + q);
    }
  }

  @Override
  public void gradientSums(
      Tensor dy,
      Tensor x,
      Tensor y,
      boolean rectified,
      int n,
      int channels,
      int plane,
      Tensor center,
      Tensor sums,
      Tensor products) {
    if (!suits(channels, plane)) {
      plain.gradientSums(dy, x, y, rectified, n, channels, plane, center, sums, products);
      return;
    }
    Memory own = memory.get();
    for (int c = 0; c < channels; c += LANES) {
      own.begin();
      for (int r = 0; r < n; r += FEW) {
        int q = r * channels + c;
        gradientSums(
            dy.floats(),
            dy.offset() + q,
            x.floats(),
            x.offset() + q,
            y.floats(),
            y.offset() + q,
            rectified,
            Math.min(FEW, n - r),
            channels,
            center.floats(),
            center.offset() + c,
            own.parts);
        own.add(2 * LANES);
      }
      for (int j = 0; j < LANES; j++) {
        sums.floats()[sums.offset() + c + j] = (float) own.sums[j];
        products.floats()[products.offset() + c + j] = (float) own.sums[LANES + j];
      }
    }
  }

  private static void gradientSums(
      float[] dy,
      int by,
      float[] x,
      int at,
      float[] y,
      int mask,
      boolean rectified,
      int rows,
      int width,
      float[] center,
      int atCenter,
      float[] sums) {
    FloatVector zero = FloatVector.zero(SPECIES);
    VectorMask<Float> all = SPECIES.maskAll(!rectified);
    FloatVector m = FloatVector.fromArray(SPECIES, center, atCenter);
    FloatVector sum = zero;
    FloatVector product = zero;
    for (int r = 0, q = 0; r < rows; r++, q += width) {
      VectorMask<Float> above =
          FloatVector.fromArray(SPECIES, y, mask + q).compare(VectorOperators.GT, 0).or(all);
      FloatVector g = zero.blend(FloatVector.fromArray(SPECIES, dy, by + q), above);
      sum = sum.add(g);
      product = g.fma(FloatVector.fromArray(SPECIES, x, at + q).sub(m), product);
    }
    sum.intoArray(sums, 0);
    product.intoArray(sums, LANES);
  }

  @Override
  public void combine(
      Tensor dy,
      Tensor x,
      Tensor y,
      boolean rectified,
      int n,
      int channels,
      int plane,
      Tensor center,
      Tensor a,
      Tensor b,
      Tensor d,
      Tensor dx) {
    if (!suits(channels, plane)) {
      plain.combine(dy, x, y, rectified, n, channels, plane, center, a, b, d, dx);
      return;
    }
    for (int c = 0; c < channels; c += LANES) {
      combine(
          dy.floats(),
          dy.offset() + c,
          x.floats(),
          x.offset() + c,
          y.floats(),
          y.offset() + c,
          rectified,
          n,
          channels,
          center.floats(),
          center.offset() + c,
          a.floats(),
          a.offset() + c,
          b.floats(),
          b.offset() + c,
          d.floats(),
          d.offset() + c,
          dx.floats(),
          dx.offset() + c);
    }
  }

  private static void combine(
      float[] dy,
      int by,
      float[] x,
      int at,
      float[] y,
      int mask,
      boolean rectified,
      int rows,
      int width,
      float[] center,
      int atCenter,
      float[] a,
      int atA,
      float[] b,
      int atB,
      float[] d,
      int atD,
      float[] dx,
      int to) {
    FloatVector zero = FloatVector.zero(SPECIES);
    VectorMask<Float> all = SPECIES.maskAll(!rectified);
    FloatVector m = FloatVector.fromArray(SPECIES, center, atCenter);
    FloatVector ca = FloatVector.fromArray(SPECIES, a, atA);
    FloatVector cb = FloatVector.fromArray(SPECIES, b, atB);
    FloatVector cd = FloatVector.fromArray(SPECIES, d, atD);
    for (int r = 0, q = 0; r < rows; r++, q += width) {
      VectorMask<Float> above =
          FloatVector.fromArray(SPECIES, y, mask + q).compare(VectorOperators.GT, 0).or(all);
      FloatVector g = zero.blend(FloatVector.fromArray(SPECIES, dy, by + q), above);
      g.fma(ca, FloatVector.fromArray(SPECIES, x, at + q).sub(m).fma(cb, cd)).intoArray(dx, to + q);
    }
  }

  @Override
  public void repeat(Tensor b, int n, int channels, int plane, Tensor y) {
    plain.repeat(b, n, channels, plane, y);
  }
}
