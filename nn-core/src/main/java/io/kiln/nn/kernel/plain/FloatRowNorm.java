package io.kiln.nn.kernel.plain;

import io.kiln.nn.kernel.RowNorm;
import io.kiln.nn.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/** Row normalisation in float32; means and variances are in double. */
@SuppressWarnings("cast") // the casts are needed in one of the two widths only
final class FloatRowNorm implements RowNorm {
  @Override
  public void forward(
      Layout layout,
      double epsilon,
      Tensor x,
      @Nullable Tensor w,
      @Nullable Tensor b,
      Tensor y,
      Tensor statistics) {
    float[] xs = x.floats();
    float[] ys = y.floats();
    float[] stats = statistics.floats();
    int columns = layout.columns();
    for (int row = 0; row < layout.rows(); row++) {
      int at = x.offset() + row * columns;
      int to = y.offset() + row * columns;
      double mean = sum(xs, at, columns) / columns;
      double variance = squares(xs, at, columns, mean) / columns;
      float center = (float) mean;
      float rest = (float) (mean - center);
      float inverse = (float) (1 / Math.sqrt(variance + epsilon));
      stats[statistics.offset() + row] = center;
      stats[statistics.offset() + layout.rows() + row] = inverse;
      stats[statistics.offset() + 2 * layout.rows() + row] = rest;
      if (w == null && b == null) {
        for (int j = 0; j < columns; j++) {
          ys[to + j] = (xs[at + j] - center - rest) * inverse;
        }
      } else {
        affine(layout, row, xs, at, w, b, ys, to, center, rest, inverse);
      }
    }
  }

  private static void affine(
      Layout layout,
      int row,
      float[] xs,
      int at,
      @Nullable Tensor w,
      @Nullable Tensor b,
      float[] ys,
      int to,
      float center,
      float rest,
      float inverse) {
    int first = row % layout.groups() * layout.channels();
    int places = layout.places();
    if (places == 1 && w != null && b != null) {
      float[] ws = w.floats();
      float[] bs = b.floats();
      int wAt = w.offset() + first;
      int bAt = b.offset() + first;
      for (int j = 0, n = layout.channels(); j < n; j++) {
        ys[to + j] = (xs[at + j] - center - rest) * inverse * ws[wAt + j] + bs[bAt + j];
      }
      return;
    }
    for (int c = 0; c < layout.channels(); c++) {
      float gain = w == null ? inverse : inverse * w.floats()[w.offset() + first + c];
      float offset = b == null ? 0 : b.floats()[b.offset() + first + c];
      for (int j = c * places, end = j + places; j < end; j++) {
        ys[to + j] = (xs[at + j] - center - rest) * gain + offset;
      }
    }
  }

  @Override
  public void backward(
      Layout layout,
      Tensor x,
      @Nullable Tensor w,
      Tensor dy,
      Tensor statistics,
      @Nullable Tensor dx,
      @Nullable Tensor dw,
      @Nullable Tensor db) {
    for (int row = 0; row < layout.rows(); row++) {
      float center = statistics.floats()[statistics.offset() + row];
      float inverse = statistics.floats()[statistics.offset() + layout.rows() + row];
      float rest = statistics.floats()[statistics.offset() + 2 * layout.rows() + row];
      if (layout.places() == 1) {
        single(layout, row, x, w, dy, center, rest, inverse, dx, dw, db);
      } else {
        blocks(layout, row, x, w, dy, center, rest, inverse, dx, dw, db);
      }
    }
  }

  /** One place a channel: loops over channels. */
  private static void single(
      Layout layout,
      int row,
      Tensor x,
      @Nullable Tensor w,
      Tensor dy,
      float center,
      float rest,
      float inverse,
      @Nullable Tensor dx,
      @Nullable Tensor dw,
      @Nullable Tensor db) {
    float[] xs = x.floats();
    float[] dys = dy.floats();
    int columns = layout.columns();
    int at = x.offset() + row * columns;
    int by = dy.offset() + row * columns;
    int first = row % layout.groups() * layout.channels();
    if (dw != null) {
      float[] dws = dw.floats();
      int to = dw.offset() + first;
      for (int j = 0; j < columns; j++) {
        dws[to + j] += dys[by + j] * ((xs[at + j] - center - rest) * inverse);
      }
    }
    if (db != null) {
      float[] dbs = db.floats();
      int to = db.offset() + first;
      for (int j = 0; j < columns; j++) {
        dbs[to + j] += dys[by + j];
      }
    }
    if (dx == null) {
      return;
    }
    float[] dxs = dx.floats();
    int to = dx.offset() + row * columns;
    if (w == null) {
      if (to != by || dxs != dys) {
        System.arraycopy(dys, by, dxs, to, columns);
      }
    } else {
      float[] ws = w.floats();
      int wAt = w.offset() + first;
      for (int j = 0; j < columns; j++) {
        dxs[to + j] = dys[by + j] * ws[wAt + j];
      }
    }
    project(xs, at, dxs, to, columns, center, rest, inverse);
  }

  /** Several places a channel: loops over the places of each channel. */
  private static void blocks(
      Layout layout,
      int row,
      Tensor x,
      @Nullable Tensor w,
      Tensor dy,
      float center,
      float rest,
      float inverse,
      @Nullable Tensor dx,
      @Nullable Tensor dw,
      @Nullable Tensor db) {
    float[] xs = x.floats();
    float[] dys = dy.floats();
    int places = layout.places();
    int columns = layout.columns();
    int at = x.offset() + row * columns;
    int by = dy.offset() + row * columns;
    int first = row % layout.groups() * layout.channels();
    double middle = (double) center + rest;
    for (int c = 0; c < layout.channels(); c++) {
      int begin = c * places;
      double plain = sum(dys, by + begin, places);
      if (dw != null) {
        double product = dot(dys, by + begin, xs, at + begin, places);
        dw.floats()[dw.offset() + first + c] += (float) ((product - middle * plain) * inverse);
      }
      if (db != null) {
        db.floats()[db.offset() + first + c] += (float) plain;
      }
      if (dx != null) {
        float[] dxs = dx.floats();
        int to = dx.offset() + row * columns;
        float gain = w == null ? 1 : w.floats()[w.offset() + first + c];
        for (int j = begin; j < begin + places; j++) {
          dxs[to + j] = dys[by + j] * gain;
        }
      }
    }
    if (dx != null) {
      int to = dx.offset() + row * columns;
      project(xs, at, dx.floats(), to, columns, center, rest, inverse);
    }
  }

  /** g ← inverse·(g − mean(g) − x̂·mean(g·x̂)). */
  private static void project(
      float[] xs,
      int at,
      float[] gs,
      int to,
      int columns,
      float center,
      float rest,
      float inverse) {
    double plain = sum(gs, to, columns);
    double product = (dot(gs, to, xs, at, columns) - ((double) center + rest) * plain) * inverse;
    float mean = (float) (plain / columns);
    float slope = (float) (product / columns * inverse);
    for (int j = 0; j < columns; j++) {
      gs[to + j] = (gs[to + j] - mean - (xs[at + j] - center - rest) * slope) * inverse;
    }
  }

  private static double sum(float[] a, int at, int n) {
    double s0 = 0;
    double s1 = 0;
    double s2 = 0;
    double s3 = 0;
    int i = 0;
    for (; i < n - 3; i += 4) {
      s0 += a[at + i];
      s1 += a[at + i + 1];
      s2 += a[at + i + 2];
      s3 += a[at + i + 3];
    }
    for (; i < n; i++) {
      s0 += a[at + i];
    }
    return (s0 + s1) + (s2 + s3);
  }

  private static double squares(float[] a, int at, int n, double mean) {
    double s0 = 0;
    double s1 = 0;
    int i = 0;
    for (; i < n - 1; i += 2) {
      double d = a[at + i] - mean;
      double e = a[at + i + 1] - mean;
      s0 += d * d;
      s1 += e * e;
    }
    for (; i < n; i++) {
      double d = a[at + i] - mean;
      s0 += d * d;
    }
    return s0 + s1;
  }

  private static double dot(float[] a, int at, float[] b, int by, int n) {
    double s0 = 0;
    double s1 = 0;
    double s2 = 0;
    double s3 = 0;
    int i = 0;
    for (; i < n - 3; i += 4) {
      s0 += (double) a[at + i] * b[by + i];
      s1 += (double) a[at + i + 1] * b[by + i + 1];
      s2 += (double) a[at + i + 2] * b[by + i + 2];
      s3 += (double) a[at + i + 3] * b[by + i + 3];
    }
    for (; i < n; i++) {
      s0 += (double) a[at + i] * b[by + i];
    }
    return (s0 + s1) + (s2 + s3);
  }
}
