package io.kiln.nn.kernel.plain;

import io.kiln.nn.kernel.Patches;
import io.kiln.nn.kernel.Window;
import io.kiln.nn.tensor.Tensor;
import java.util.Arrays;

/** Patches in float32. */
@SuppressWarnings("cast") // the casts are needed in one of the two widths only
final class FloatPatches implements Patches {
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
    float[] xs = x.floats();
    float[] cs = columns.floats();
    int row = columns.offset() + at;
    for (int c = 0; c < channels; c++) {
      int plane = x.offset() + atX + c * window.inCount();
      for (int r = 0; r < window.kernelH(); r++) {
        for (int s = 0; s < window.kernelW(); s++) {
          gatherRow(xs, plane, window, r, s, fromRow, toRow, cs, row);
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
      int at) {
    int outW = window.outW();
    int first = window.firstColumn(s);
    int end = window.endColumn(s);
    int step = window.strideW();
    int to = at;
    for (int oy = fromRow; oy < toRow; oy++, to += outW) {
      int iy = oy * window.strideH() - window.padTop() + r * window.dilationH();
      if (iy < 0 || iy >= window.inH()) {
        Arrays.fill(cs, to, to + outW, 0);
        continue;
      }
      int from = plane + iy * window.inW() - window.padLeft() + s * window.dilationW();
      for (int ox = 0; ox < first; ox++) {
        cs[to + ox] = 0;
      }
      if (step == 1 && end > first) {
        System.arraycopy(xs, from + first, cs, to + first, end - first);
      } else {
        for (int ox = first; ox < end; ox++) {
          cs[to + ox] = xs[from + ox * step];
        }
      }
      for (int ox = end; ox < outW; ox++) {
        cs[to + ox] = 0;
      }
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
    int end = window.endColumn(s);
    int step = window.strideW();
    int from = at;
    for (int oy = fromRow; oy < toRow; oy++, from += window.outW()) {
      int iy = oy * window.strideH() - window.padTop() + r * window.dilationH();
      if (iy < 0 || iy >= window.inH()) {
        continue;
      }
      int to = plane + iy * window.inW() - window.padLeft() + s * window.dilationW();
      for (int ox = first; ox < end; ox++) {
        xs[to + ox * step] += cs[from + ox];
      }
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
    for (int c = 0; c < channels; c++) {
      float b = bias.count() == 0 ? 0 : bias.floats()[bias.offset() + atBias + c];
      for (int i = 0; i < images; i++) {
        int from = maps.offset() + (c * images + i) * count;
        int to = y.offset() + atY + i * image + c * plane;
        if (rectified) {
          for (int q = 0; q < count; q++) {
            ys[to + q] = Math.max(ms[from + q] + b, 0);
          }
        } else {
          for (int q = 0; q < count; q++) {
            ys[to + q] = ms[from + q] + b;
          }
        }
      }
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
    float[] dys = dy.floats();
    float[] ys = y.floats();
    float[] ms = maps.floats();
    for (int c = 0; c < channels; c++) {
      for (int i = 0; i < images; i++) {
        int to = maps.offset() + (c * images + i) * count;
        int from = dy.offset() + at + i * image + c * plane;
        int mask = y.offset() + at + i * image + c * plane;
        if (rectified) {
          for (int q = 0; q < count; q++) {
            ms[to + q] = ys[mask + q] > 0 ? dys[from + q] : 0;
          }
        } else {
          System.arraycopy(dys, from, ms, to, count);
        }
      }
    }
  }

  @Override
  public void sumColumns(
      Tensor maps, int atMaps, int channels, int columns, double beta, Tensor sum, int first) {
    float[] ms = maps.floats();
    for (int c = 0; c < channels; c++) {
      int at = maps.offset() + atMaps + c * columns;
      int end = at + columns;
      float s0 = 0;
      float s1 = 0;
      float s2 = 0;
      float s3 = 0;
      int q = at;
      for (; q < end - 3; q += 4) {
        s0 += ms[q];
        s1 += ms[q + 1];
        s2 += ms[q + 2];
        s3 += ms[q + 3];
      }
      for (; q < end; q++) {
        s0 += ms[q];
      }
      int to = sum.offset() + first + c;
      float before = beta == 0 ? 0 : (float) beta * sum.floats()[to];
      sum.floats()[to] = before + ((s0 + s1) + (s2 + s3));
    }
  }
}
