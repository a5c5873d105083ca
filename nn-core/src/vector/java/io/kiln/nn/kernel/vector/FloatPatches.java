package io.kiln.nn.kernel.vector;

import io.kiln.nn.kernel.Patches;
import io.kiln.nn.kernel.Window;
import io.kiln.nn.tensor.Tensor;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Patches with the Vector API: rows are copied a vector at a time, whatever stands beyond their end
 * being put right by what is written next. Steps above 1 go to the plain loops.
 */
@SuppressWarnings("cast") // the casts are needed in one of the two widths only
final class FloatPatches implements Patches {
  private static final VectorSpecies<Float> SPECIES = FloatLanes.SPECIES;
  private static final int LANES = SPECIES.length();

  /** From here on true, then false: a mask of n lanes begins at LANES − n. */
  private static final boolean[] FLAGS = new boolean[2 * LANES];

  static {
    java.util.Arrays.fill(FLAGS, 0, LANES, true);
  }

  private final Patches plain;
  private final ThreadLocal<float[]> memory = ThreadLocal.withInitial(() -> new float[LANES]);

  FloatPatches(Patches plain) {
    this.plain = plain;
  }

  @Override
  public void gather(
      Tensor x,
      int atX,
      int channels,
      Window window,
      int fromRow,
      int toRow,
      Tensor columns,
      int at,
      int stride) {
    int outW = window.outW();
    int taken = (toRow - fromRow) * outW;
    int rows = channels * window.kernelCount();
    if (window.strideW() != 1 || rows == 0) {
      plain.gather(x, atX, channels, window, fromRow, toRow, columns, at, stride);
      return;
    }
    float[] xs = x.floats();
    float[] cs = columns.floats();
    int row = columns.offset() + at;
    // What a vector writes beyond its row must be written later: the next row of the matrix, if it
    // follows at once.
    boolean follows = taken == stride;
    int end = row + (rows - 1) * stride + taken;
    for (int c = 0; c < channels; c++) {
      int plane = x.offset() + atX + c * window.inCount();
      for (int r = 0; r < window.kernelH(); r++) {
        for (int s = 0; s < window.kernelW(); s++) {
          gatherRow(xs, plane, window, r, s, fromRow, toRow, cs, row, follows ? end : row + taken);
          row += stride;
        }
      }
    }
  }

  private static void gatherRow(
      float[] xs,
      int plane,
      Window window,
      int r,
      int s,
      int fromRow,
      int toRow,
      float[] cs,
      int at,
      int limit) {
    int outW = window.outW();
    int inW = window.inW();
    int first = window.firstColumn(s);
    int end = Math.max(first, window.endColumn(s));
    int shift = plane - window.padLeft() + s * window.dilationW();
    int to = at;
    for (int oy = fromRow; oy < toRow; oy++, to += outW) {
      int iy = oy * window.strideH() - window.padTop() + r * window.dilationH();
      if (iy < 0 || iy >= window.inH()) {
        java.util.Arrays.fill(cs, to, to + outW, 0);
        continue;
      }
      copyRow(xs, shift + iy * inW, cs, to, outW, first, end, limit);
    }
  }

  private static void copyRow(
      float[] xs, int from, float[] cs, int to, int outW, int first, int end, int limit) {
    int whole = (outW + LANES - 1) / LANES * LANES;
    if (from < 0 || from + whole > xs.length || to + whole > limit) {
      for (int ox = 0; ox < outW; ox++) {
        cs[to + ox] = ox >= first && ox < end ? xs[from + ox] : 0;
      }
      return;
    }
    for (int ox = 0; ox < outW; ox += LANES) {
      FloatVector.fromArray(SPECIES, xs, from + ox).intoArray(cs, to + ox);
    }
    for (int ox = 0; ox < first; ox++) {
      cs[to + ox] = 0;
    }
    for (int ox = end; ox < outW; ox++) {
      cs[to + ox] = 0;
    }
  }

  @Override
  public void scatter(
      Tensor columns,
      int at,
      int stride,
      Window window,
      int channels,
      int fromRow,
      int toRow,
      Tensor x,
      int atX) {
    if (window.strideW() != 1) {
      plain.scatter(columns, at, stride, window, channels, fromRow, toRow, x, atX);
      return;
    }
    float[] xs = x.floats();
    float[] cs = columns.floats();
    int row = columns.offset() + at;
    for (int c = 0; c < channels; c++) {
      int plane = x.offset() + atX + c * window.inCount();
      for (int r = 0; r < window.kernelH(); r++) {
        for (int s = 0; s < window.kernelW(); s++) {
          scatterRow(cs, row, window, r, s, fromRow, toRow, xs, plane);
          row += stride;
        }
      }
    }
  }

  private static void scatterRow(
      float[] cs,
      int at,
      Window window,
      int r,
      int s,
      int fromRow,
      int toRow,
      float[] xs,
      int plane) {
    int first = window.firstColumn(s);
    int count = window.endColumn(s) - first;
    int shift = plane - window.padLeft() + s * window.dilationW() + first;
    int from = at + first;
    for (int oy = fromRow; oy < toRow; oy++, from += window.outW()) {
      int iy = oy * window.strideH() - window.padTop() + r * window.dilationH();
      if (iy >= 0 && iy < window.inH()) {
        addRow(cs, from, xs, shift + iy * window.inW(), count);
      }
    }
  }

  private static void addRow(float[] cs, int from, float[] xs, int to, int count) {
    int i = 0;
    for (; i <= count - LANES; i += LANES) {
      FloatVector.fromArray(SPECIES, xs, to + i)
          .add(FloatVector.fromArray(SPECIES, cs, from + i))
          .intoArray(xs, to + i);
    }
    if (i == count) {
      return;
    }
    if (to + i + LANES <= xs.length && from + i + LANES <= cs.length) {
      VectorMask<Float> inside = VectorMask.fromArray(SPECIES, FLAGS, LANES - (count - i));
      FloatVector part =
          FloatVector.zero(SPECIES).blend(FloatVector.fromArray(SPECIES, cs, from + i), inside);
      FloatVector.fromArray(SPECIES, xs, to + i).add(part).intoArray(xs, to + i);
      return;
    }
    for (; i < count; i++) {
      xs[to + i] += cs[from + i];
    }
  }

  @Override
  public void spread(
      Tensor maps,
      int images,
      int channels,
      int count,
      Tensor bias,
      int atBias,
      boolean rectified,
      Tensor y,
      int atY,
      int plane,
      int image) {
    float[] ms = maps.floats();
    float[] ys = y.floats();
    float least = rectified ? 0 : Float.NEGATIVE_INFINITY;
    for (int c = 0; c < channels; c++) {
      float b = bias.count() == 0 ? 0 : bias.floats()[bias.offset() + atBias + c];
      for (int i = 0; i < images; i++) {
        int from = maps.offset() + (c * images + i) * count;
        int to = y.offset() + atY + i * image + c * plane;
        shift(ms, from, b, least, ys, to, count);
      }
    }
  }

  private static void shift(
      float[] ms, int from, float b, float least, float[] ys, int to, int count) {
    FloatVector lower = FloatVector.broadcast(SPECIES, least);
    int q = 0;
    for (; q <= count - LANES; q += LANES) {
      FloatVector.fromArray(SPECIES, ms, from + q).add(b).max(lower).intoArray(ys, to + q);
    }
    for (; q < count; q++) {
      ys[to + q] = Math.max(ms[from + q] + b, least);
    }
  }

  @Override
  public void collect(
      Tensor dy,
      Tensor y,
      int at,
      int plane,
      int image,
      int images,
      int channels,
      int count,
      boolean rectified,
      Tensor maps) {
    if (!rectified) {
      plain.collect(dy, y, at, plane, image, images, channels, count, false, maps);
      return;
    }
    float[] dys = dy.floats();
    float[] ys = y.floats();
    float[] ms = maps.floats();
    for (int c = 0; c < channels; c++) {
      for (int i = 0; i < images; i++) {
        int from = at + i * image + c * plane;
        int to = maps.offset() + (c * images + i) * count;
        mask(ys, y.offset() + from, dys, dy.offset() + from, ms, to, count);
      }
    }
  }

  private static void mask(
      float[] ys, int at, float[] dys, int from, float[] ms, int to, int count) {
    FloatVector zero = FloatVector.zero(SPECIES);
    int q = 0;
    for (; q <= count - LANES; q += LANES) {
      VectorMask<Float> above =
          FloatVector.fromArray(SPECIES, ys, at + q).compare(VectorOperators.GT, zero);
      zero.blend(FloatVector.fromArray(SPECIES, dys, from + q), above).intoArray(ms, to + q);
    }
    for (; q < count; q++) {
      ms[to + q] = ys[at + q] > 0 ? dys[from + q] : 0;
    }
  }

  @Override
  public void sumColumns(
      Tensor maps, int atMaps, int channels, int columns, double beta, Tensor sum, int first) {
    float[] ms = maps.floats();
    float[] lanes = memory.get();
    for (int c = 0; c < channels; c++) {
      float total = sumRow(ms, maps.offset() + atMaps + c * columns, columns, lanes);
      int to = sum.offset() + first + c;
      float before = beta == 0 ? 0 : (float) beta * sum.floats()[to];
      sum.floats()[to] = before + total;
    }
  }

  /**
   * The sum of a row: lane by lane, then pairs of lanes in a tree, then what no whole vectors
   * cover. Written out, because the Vector API promises no order for a sum over lanes.
   */
  private static float sumRow(float[] ms, int at, int count, float[] lanes) {
    FloatVector even = FloatVector.zero(SPECIES);
    FloatVector odd = even;
    int q = 0;
    for (; q <= count - 2 * LANES; q += 2 * LANES) {
      even = even.add(FloatVector.fromArray(SPECIES, ms, at + q));
      odd = odd.add(FloatVector.fromArray(SPECIES, ms, at + q + LANES));
    }
    float total = 0;
    for (; q < count; q++) {
      total += ms[at + q];
    }
    even.add(odd).intoArray(lanes, 0);
    for (int half = LANES / 2; half > 0; half /= 2) {
      for (int i = 0; i < half; i++) {
        lanes[i] += lanes[i + half];
      }
    }
    return total + lanes[0];
  }
}
