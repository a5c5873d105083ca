package io.kiln.nn.kernel.vector;

import io.kiln.nn.kernel.Pooling;
import io.kiln.nn.kernel.Window;
import io.kiln.nn.tensor.Tensor;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/**
 * Maxima over windows of two by two that tile the plane, with the Vector API; everything else goes
 * to the plain loops.
 */
@SuppressWarnings("cast") // the casts are needed in one of the two widths only
final class FloatPooling implements Pooling {
  private static final VectorSpecies<Float> SPECIES = FloatLanes.SPECIES;
  private static final int LANES = SPECIES.length();
  private static final VectorShuffle<Float> EVEN =
      VectorShuffle.fromOp(SPECIES, i -> 2 * i % LANES);
  private static final VectorShuffle<Float> ODD =
      VectorShuffle.fromOp(SPECIES, i -> (2 * i + 1) % LANES);
  private static final VectorShuffle<Float> LOWER = VectorShuffle.fromOp(SPECIES, i -> i / 2);
  private static final VectorShuffle<Float> UPPER =
      VectorShuffle.fromOp(SPECIES, i -> (LANES + i) / 2);
  private static final VectorMask<Float> SECOND_HALF = flags(i -> i >= LANES / 2);
  private static final VectorMask<Float> ODD_LANES = flags(i -> i % 2 == 1);
  private static final FloatVector STEPS = steps();

  private final Pooling plain;

  FloatPooling(Pooling plain) {
    this.plain = plain;
  }

  private static VectorMask<Float> flags(java.util.function.IntPredicate test) {
    boolean[] flags = new boolean[LANES];
    for (int i = 0; i < LANES; i++) {
      flags[i] = test.test(i);
    }
    return VectorMask.fromArray(SPECIES, flags, 0);
  }

  /** 0, 2, 4, … */
  private static FloatVector steps() {
    float[] numbers = new float[LANES];
    for (int i = 0; i < LANES; i++) {
      numbers[i] = 2 * i;
    }
    return FloatVector.fromArray(SPECIES, numbers, 0);
  }

  private static boolean halves(Window window) {
    return window.kernelH() == 2
        && window.kernelW() == 2
        && window.strideH() == 2
        && window.strideW() == 2
        && window.padTop() == 0
        && window.padLeft() == 0
        && window.dilationH() == 1
        && window.dilationW() == 1
        && 2 * window.outH() <= window.inH()
        && 2 * window.outW() <= window.inW();
  }

  @Override
  public void maximum(
      Tensor x, int planes, Window window, boolean rectified, Tensor y, Tensor places) {
    int room = Math.min(planes, roomy(x, y, places, planes, window));
    if (!halves(window) || room <= 0) {
      plain.maximum(x, planes, window, rectified, y, places);
      return;
    }
    float least = rectified ? 0 : Float.NEGATIVE_INFINITY;
    int in = window.inCount();
    int out = window.outCount();
    for (int p = 0; p < room; p++) {
      int from = x.offset() + p * in;
      halve(
          x.floats(),
          from,
          window.inW(),
          window.outH(),
          window.outW(),
          least,
          y.floats(),
          y.offset() + p * out,
          places.floats(),
          places.offset() + p * out);
    }
    // The last planes, where a whole vector would reach beyond the arrays or the next number.
    for (int p = room; p < planes; p++) {
      halvePlainly(x.floats(), x.offset() + p * in, window, least, y, places, p * out);
    }
  }

  /** How many planes may be done with vectors that reach a little beyond them. */
  private static int roomy(Tensor x, Tensor y, Tensor places, int planes, Window window) {
    int beyond = (2 * LANES + window.outCount() - 1) / Math.max(1, window.outCount());
    return planes - beyond;
  }

  private static void halve(
      float[] x,
      int from,
      int inW,
      int outH,
      int outW,
      float least,
      float[] y,
      int to,
      float[] places,
      int atPlace) {
    FloatVector lower = FloatVector.broadcast(SPECIES, least);
    for (int oy = 0; oy < outH; oy++) {
      int row = 2 * oy * inW;
      for (int ox = 0; ox < outW; ox += LANES) {
        int i = row + 2 * ox;
        FloatVector u0 = FloatVector.fromArray(SPECIES, x, from + i);
        FloatVector u1 = FloatVector.fromArray(SPECIES, x, from + i + LANES);
        FloatVector v0 = FloatVector.fromArray(SPECIES, x, from + i + inW);
        FloatVector v1 = FloatVector.fromArray(SPECIES, x, from + i + inW + LANES);
        FloatVector a = u0.rearrange(EVEN).blend(u1.rearrange(EVEN), SECOND_HALF);
        FloatVector b = u0.rearrange(ODD).blend(u1.rearrange(ODD), SECOND_HALF);
        FloatVector c = v0.rearrange(EVEN).blend(v1.rearrange(EVEN), SECOND_HALF);
        FloatVector d = v0.rearrange(ODD).blend(v1.rearrange(ODD), SECOND_HALF);
        FloatVector place = STEPS.add((float) i);
        VectorMask<Float> right = b.compare(VectorOperators.GT, a);
        FloatVector above = place.blend(place.add(1), right);
        FloatVector next = place.add((float) inW);
        FloatVector below = next.blend(next.add(1), d.compare(VectorOperators.GT, c));
        FloatVector high = a.max(b);
        FloatVector low = c.max(d);
        int at = oy * outW + ox;
        above.blend(below, low.compare(VectorOperators.GT, high)).intoArray(places, atPlace + at);
        high.max(low).max(lower).intoArray(y, to + at);
      }
    }
  }

  private static void halvePlainly(
      float[] x, int from, Window window, float least, Tensor y, Tensor places, int to) {
    int inW = window.inW();
    for (int q = 0; q < window.outCount(); q++) {
      int i = 2 * (q / window.outW()) * inW + 2 * (q % window.outW());
      int best = i;
      best = x[from + i + 1] > x[from + best] ? i + 1 : best;
      int below = i + inW;
      below = x[from + i + inW + 1] > x[from + below] ? i + inW + 1 : below;
      float high = Math.max(x[from + i], x[from + i + 1]);
      float low = Math.max(x[from + i + inW], x[from + i + inW + 1]);
      places.floats()[places.offset() + to + q] = low > high ? below : best;
      y.floats()[y.offset() + to + q] = Math.max(Math.max(high, low), least);
    }
  }

  @Override
  public void maximumBackward(
      Tensor dy, Tensor y, Tensor places, int planes, Window window, boolean rectified, Tensor dx) {
    int beyond = (2 * LANES + window.outCount() - 1) / Math.max(1, window.outCount());
    boolean tiled = window.inH() == 2 * window.outH() && window.inW() == 2 * window.outW();
    int room = planes - beyond;
    if (!halves(window) || !tiled || room <= 0) {
      plain.maximumBackward(dy, y, places, planes, window, rectified, dx);
      return;
    }
    int in = window.inCount();
    int out = window.outCount();
    for (int p = 0; p < room; p++) {
      int q = p * out;
      spreadHalves(
          dy.floats(),
          dy.offset() + q,
          y.floats(),
          y.offset() + q,
          places.floats(),
          places.offset() + q,
          rectified,
          window.inW(),
          window.outH(),
          window.outW(),
          dx.floats(),
          dx.offset() + p * in);
    }
    for (int p = room; p < planes; p++) {
      int to = dx.offset() + p * in;
      java.util.Arrays.fill(dx.floats(), to, to + in, 0);
      for (int q = p * out; q < (p + 1) * out; q++) {
        if (!rectified || y.floats()[y.offset() + q] > 0) {
          int place = (int) places.floats()[places.offset() + q];
          dx.floats()[to + place] = dy.floats()[dy.offset() + q];
        }
      }
    }
  }

  private static void spreadHalves(
      float[] dy,
      int atDy,
      float[] y,
      int atY,
      float[] places,
      int atPlace,
      boolean rectified,
      int inW,
      int outH,
      int outW,
      float[] dx,
      int to) {
    for (int oy = 0; oy < outH; oy++) {
      int at = oy * outW;
      int i = 2 * oy * inW;
      // What a vector writes beyond its row is written over by the next row.
      spreadRow(dy, atDy + at, y, atY + at, places, atPlace + at, rectified, outW, i, dx, to);
      spreadRow(dy, atDy + at, y, atY + at, places, atPlace + at, rectified, outW, i + inW, dx, to);
    }
  }

  /** One row of dx, beginning at place i, from the row of dy that its windows belong to. */
  private static void spreadRow(
      float[] dy,
      int atDy,
      float[] y,
      int atY,
      float[] places,
      int atPlace,
      boolean rectified,
      int outW,
      int i,
      float[] dx,
      int to) {
    FloatVector zero = FloatVector.zero(SPECIES);
    VectorMask<Float> all = SPECIES.maskAll(!rectified);
    for (int ox = 0; ox < outW; ox += LANES) {
      int first = i + 2 * ox;
      FloatVector g = FloatVector.fromArray(SPECIES, dy, atDy + ox);
      g =
          zero.blend(
              g,
              FloatVector.fromArray(SPECIES, y, atY + ox).compare(VectorOperators.GT, 0).or(all));
      FloatVector place =
          FloatVector.fromArray(SPECIES, places, atPlace + ox).sub(STEPS.add((float) first));
      FloatVector a = zero.blend(g, place.compare(VectorOperators.EQ, 0));
      FloatVector b = zero.blend(g, place.compare(VectorOperators.EQ, 1));
      a.rearrange(LOWER).blend(b.rearrange(LOWER), ODD_LANES).intoArray(dx, to + first);
      int next = to + first + LANES;
      a.rearrange(UPPER).blend(b.rearrange(UPPER), ODD_LANES).intoArray(dx, next);
    }
  }

  @Override
  public void mean(
      Tensor x,
      int planes,
      Window window,
      int padBottom,
      int padRight,
      boolean countsPadding,
      Tensor y) {
    plain.mean(x, planes, window, padBottom, padRight, countsPadding, y);
  }

  @Override
  public void meanBackward(
      Tensor dy,
      int planes,
      Window window,
      int padBottom,
      int padRight,
      boolean countsPadding,
      Tensor dx) {
    plain.meanBackward(dy, planes, window, padBottom, padRight, countsPadding, dx);
  }

  @Override
  public void adaptiveMean(Tensor x, int planes, int inH, int inW, int outH, int outW, Tensor y) {
    plain.adaptiveMean(x, planes, inH, inW, outH, outW, y);
  }

  @Override
  public void adaptiveMeanBackward(
      Tensor dy, int planes, int inH, int inW, int outH, int outW, Tensor dx) {
    plain.adaptiveMeanBackward(dy, planes, inH, inW, outH, outW, dx);
  }
}
