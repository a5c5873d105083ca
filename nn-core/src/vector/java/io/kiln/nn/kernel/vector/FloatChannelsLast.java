package io.kiln.nn.kernel.vector;

import io.kiln.nn.kernel.ChannelsLast;
import io.kiln.nn.tensor.Tensor;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** Loops over images with their channels side by side, with the Vector API. */
@SuppressWarnings("cast") // the casts are needed in one of the two widths only
final class FloatChannelsLast implements ChannelsLast {
  private static final VectorSpecies<Float> SPECIES = FloatTiles.SPECIES;
  private static final int LANES = FloatTiles.LANES;

  /** From here on true, then false: a mask of n lanes begins at LANES − n. */
  private static final boolean[] FLAGS = new boolean[2 * LANES];

  static {
    Arrays.fill(FLAGS, 0, LANES, true);
  }

  /** Channels that are turned round together. */
  private static final int TOGETHER = 8;

  private static int padded(int n) {
    return (n + LANES - 1) / LANES * LANES;
  }

  @Override
  public void fromPlanes(Tensor x, int n, int channels, int plane, Tensor y) {
    int width = padded(channels);
    for (int i = 0; i < n; i++) {
      int from = x.offset() + i * channels * plane;
      int to = y.offset() + i * plane * width;
      FloatPanels.packColumns(
          x.floats(), from, plane, channels, width / LANES, plane, y.floats(), to);
    }
  }

  @Override
  public void toPlanes(Tensor x, int n, int channels, int plane, Tensor y) {
    int width = padded(channels);
    float[] xs = x.floats();
    float[] ys = y.floats();
    for (int i = 0; i < n; i++) {
      int from = x.offset() + i * plane * width;
      int to = y.offset() + i * channels * plane;
      int c = 0;
      for (; c <= channels - TOGETHER; c += TOGETHER) {
        unpackEight(xs, from + c, width, plane, ys, to + c * plane);
      }
      for (; c < channels; c++) {
        for (int q = 0; q < plane; q++) {
          ys[to + c * plane + q] = xs[from + q * width + c];
        }
      }
    }
  }

  private static void unpackEight(float[] x, int from, int width, int plane, float[] y, int to) {
    int y1 = to + plane;
    int y2 = y1 + plane;
    int y3 = y2 + plane;
    int y4 = y3 + plane;
    int y5 = y4 + plane;
    int y6 = y5 + plane;
    int y7 = y6 + plane;
    for (int q = 0, at = from; q < plane; q++, at += width) {
      y[to + q] = x[at];
      y[y1 + q] = x[at + 1];
      y[y2 + q] = x[at + 2];
      y[y3 + q] = x[at + 3];
      y[y4 + q] = x[at + 4];
      y[y5 + q] = x[at + 5];
      y[y6 + q] = x[at + 6];
      y[y7 + q] = x[at + 7];
    }
  }

  @Override
  public void frame(
      Tensor x,
      int at,
      int rows,
      int length,
      int top,
      int bottom,
      int left,
      int right,
      Tensor y,
      int to) {
    float[] xs = x.floats();
    float[] ys = y.floats();
    int row = left + length + right;
    int out = y.offset() + to;
    int in = x.offset() + at;
    Arrays.fill(ys, out, out + top * row, 0);
    out += top * row;
    for (int r = 0; r < rows; r++, out += row, in += length) {
      Arrays.fill(ys, out, out + left, 0);
      System.arraycopy(xs, in, ys, out + left, length);
      Arrays.fill(ys, out + left + length, out + row, 0);
    }
    Arrays.fill(ys, out, out + bottom * row, 0);
  }

  @Override
  public void crop(
      Tensor x, int at, int rows, int length, int top, int left, int right, Tensor y, int to) {
    int row = left + length + right;
    int in = x.offset() + at + top * row + left;
    int out = y.offset() + to;
    for (int r = 0; r < rows; r++, in += row, out += length) {
      System.arraycopy(x.floats(), in, y.floats(), out, length);
    }
  }

  @Override
  public void turnFilters(
      Tensor w, int filters, int channels, int positions, boolean byChannel, Tensor y, int to) {
    int rows = byChannel ? filters : channels;
    int columns = byChannel ? channels : filters;
    int width = padded(columns);
    int down = byChannel ? channels * positions : positions;
    int across = byChannel ? positions : channels * positions;
    float[] ws = w.floats();
    float[] ys = y.floats();
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < width; j++) {
        int out = y.offset() + to + i * width + j;
        int in = w.offset() + i * down + j * across;
        for (int p = 0; p < positions; p++) {
          ys[out + p * rows * width] = j < columns ? ws[in + p] : 0;
        }
      }
    }
  }

  @Override
  public void flattenFilters(Tensor w, int filters, int channels, int positions, Tensor y, int to) {
    int length = positions * channels;
    int width = padded(length);
    float[] ws = w.floats();
    float[] ys = y.floats();
    for (int k = 0; k < filters; k++) {
      int row = y.offset() + to + k * width;
      for (int c = 0; c < channels; c++) {
        int in = w.offset() + (k * channels + c) * positions;
        for (int p = 0; p < positions; p++) {
          ys[row + p * channels + c] = ws[in + p];
        }
      }
      Arrays.fill(ys, row + length, row + width, 0);
    }
  }

  @Override
  public void addToPixels(
      Tensor x,
      int at,
      int stride,
      int rows,
      int channels,
      int[] pixels,
      int fromPixel,
      int[] places,
      Tensor y,
      int to) {
    int whole = channels / LANES * LANES;
    for (int i = 0; i < rows; i++) {
      int from = x.offset() + at + i * stride;
      int pixel = y.offset() + to + pixels[fromPixel + i];
      addToPixel(x.floats(), from, channels, whole, places, y.floats(), pixel);
    }
  }

  private static void addToPixel(
      float[] x, int at, int channels, int whole, int[] places, float[] y, int pixel) {
    VectorMask<Float> rest = VectorMask.fromArray(SPECIES, FLAGS, LANES - (channels - whole));
    FloatVector zero = FloatVector.zero(SPECIES);
    int from = at;
    for (int p = 0; p < places.length; p++, from += channels) {
      int out = pixel + places[p];
      for (int c = 0; c < whole; c += LANES) {
        FloatVector.fromArray(SPECIES, x, from + c)
            .add(FloatVector.fromArray(SPECIES, y, out + c))
            .intoArray(y, out + c);
      }
      if (whole < channels) {
        FloatVector part = zero.blend(FloatVector.fromArray(SPECIES, x, from + whole), rest);
        FloatVector.fromArray(SPECIES, y, out + whole).add(part).intoArray(y, out + whole);
      }
    }
  }

  @Override
  public void turnFiltersBack(
      Tensor y, int at, int filters, int channels, int positions, double beta, Tensor w) {
    int width = padded(filters);
    float[] ws = w.floats();
    float[] ys = y.floats();
    float keep = (float) beta;
    for (int k = 0; k < filters; k++) {
      for (int c = 0; c < channels; c++) {
        int out = w.offset() + (k * channels + c) * positions;
        int in = y.offset() + at + c * width + k;
        for (int p = 0; p < positions; p++) {
          float part = ys[in + p * channels * width];
          ws[out + p] = beta == 0 ? part : keep * ws[out + p] + part;
        }
      }
    }
  }

  @Override
  public void mask(Tensor z, Tensor dy, int at, int count, Tensor y, int to) {
    mask(
        z.floats(),
        z.offset() + at,
        dy.floats(),
        dy.offset() + at,
        count,
        y.floats(),
        y.offset() + to);
  }

  private static void mask(float[] z, int atZ, float[] dy, int at, int count, float[] y, int to) {
    FloatVector zero = FloatVector.zero(SPECIES);
    for (int q = 0; q < count; q += LANES) {
      VectorMask<Float> above =
          FloatVector.fromArray(SPECIES, z, atZ + q).compare(VectorOperators.GT, zero);
      zero.blend(FloatVector.fromArray(SPECIES, dy, at + q), above).intoArray(y, to + q);
    }
  }

  @Override
  public void addRows(Tensor x, int at, int rows, int width, Tensor sum, int to) {
    for (int c = 0; c < width; c += LANES) {
      addRows(x.floats(), x.offset() + at + c, rows, width, sum.floats(), sum.offset() + to + c);
    }
  }

  private static void addRows(float[] x, int at, int rows, int width, float[] sum, int to) {
    FloatVector even = FloatVector.fromArray(SPECIES, sum, to);
    FloatVector odd = FloatVector.zero(SPECIES);
    int from = at;
    int r = 0;
    for (; r < rows - 1; r += 2, from += 2 * width) {
      even = even.add(FloatVector.fromArray(SPECIES, x, from));
      odd = odd.add(FloatVector.fromArray(SPECIES, x, from + width));
    }
    if (r < rows) {
      even = even.add(FloatVector.fromArray(SPECIES, x, from));
    }
    even.add(odd).intoArray(sum, to);
  }

  @Override
  public void clear(Tensor y, int to, int count) {
    Arrays.fill(y.floats(), y.offset() + to, y.offset() + to + count, 0);
  }

  @Override
  public void add(Tensor x, int at, int count, Tensor y, int to) {
    add(x.floats(), x.offset() + at, count, y.floats(), y.offset() + to);
  }

  private static void add(float[] x, int at, int count, float[] y, int to) {
    for (int q = 0; q < count; q += LANES) {
      FloatVector.fromArray(SPECIES, x, at + q)
          .add(FloatVector.fromArray(SPECIES, y, to + q))
          .intoArray(y, to + q);
    }
  }

  @Override
  public void shift(
      Tensor x,
      int at,
      int rows,
      int width,
      Tensor row,
      int atRow,
      boolean rectified,
      Tensor y,
      int to) {
    float least = rectified ? 0 : Float.NEGATIVE_INFINITY;
    for (int c = 0; c < width; c += LANES) {
      shift(
          x.floats(),
          x.offset() + at + c,
          rows,
          width,
          row.floats(),
          row.offset() + atRow + c,
          least,
          y.floats(),
          y.offset() + to + c);
    }
  }

  private static void shift(
      float[] x,
      int at,
      int rows,
      int width,
      float[] row,
      int atRow,
      float least,
      float[] y,
      int to) {
    FloatVector b = FloatVector.fromArray(SPECIES, row, atRow);
    FloatVector lower = FloatVector.broadcast(SPECIES, least);
    for (int r = 0, q = 0; r < rows; r++, q += width) {
      FloatVector.fromArray(SPECIES, x, at + q).add(b).max(lower).intoArray(y, to + q);
    }
  }
}
