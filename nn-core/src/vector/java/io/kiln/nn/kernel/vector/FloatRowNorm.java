package io.kiln.nn.kernel.vector;

import io.kiln.nn.kernel.RowNorm;
import io.kiln.nn.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Row normalisation with the Vector API; rows and planes shorter than a vector go to the plain
 * loops, as do gains of which the offset alone is trained, or the other way round.
 */
@SuppressWarnings("cast") // the casts are needed in one of the two widths only
final class FloatRowNorm implements RowNorm {
  private static final int LANES = FloatRuns.LANES;

  private final RowNorm plain;
  private final ThreadLocal<FloatRuns> runs = ThreadLocal.withInitial(FloatRuns::new);

  FloatRowNorm(RowNorm plain) {
    this.plain = plain;
  }

  /** Gains and offsets are one a number, or one a plane. */
  private static boolean suits(Layout layout, @Nullable Tensor one, @Nullable Tensor other) {
    int run = layout.places() == 1 ? layout.columns() : layout.places();
    return run >= LANES && (one == null) == (other == null);
  }

  /**
   * A first pass gives a center near the mean, the second what differences from it add up to: the
   * rest of the mean, and squares to which the center's own error does not matter.
   */
  @Override
  public void forward(
      Layout layout,
      double epsilon,
      Tensor x,
      @Nullable Tensor w,
      @Nullable Tensor b,
      Tensor y,
      Tensor statistics) {
    if (!suits(layout, w, b)) {
      plain.forward(layout, epsilon, x, w, b, y, statistics);
      return;
    }
    FloatRuns own = runs.get();
    float[] xs = x.floats();
    float[] stats = statistics.floats();
    int columns = layout.columns();
    for (int row = 0; row < layout.rows(); row++) {
      int at = x.offset() + row * columns;
      float center = (float) (own.sum(xs, at, columns) / columns);
      double squares = own.squares(xs, at, columns, center) / columns;
      double rest = own.second() / columns;
      double variance = Math.max(0, squares - rest * rest);
      float inverse = (float) (1 / Math.sqrt(variance + epsilon));
      stats[statistics.offset() + row] = center;
      stats[statistics.offset() + layout.rows() + row] = inverse;
      stats[statistics.offset() + 2 * layout.rows() + row] = (float) rest;
      affine(layout, row, xs, at, w, b, y, center, (float) rest, inverse);
    }
  }

  private static void affine(
      Layout layout,
      int row,
      float[] xs,
      int at,
      @Nullable Tensor w,
      @Nullable Tensor b,
      Tensor y,
      float center,
      float rest,
      float inverse) {
    float[] ys = y.floats();
    int columns = layout.columns();
    int places = layout.places();
    int to = y.offset() + row * columns;
    int first = row % layout.groups() * layout.channels();
    float least = Float.NEGATIVE_INFINITY;
    if (w == null || b == null) {
      FloatRuns.affine(xs, at, columns, center, inverse, -rest * inverse, least, ys, to);
    } else if (places == 1) {
      float[] ws = w.floats();
      float[] bs = b.floats();
      int atW = w.offset() + first;
      int atB = b.offset() + first;
      float shift = -rest * inverse;
      FloatRuns.affine(xs, at, columns, center, inverse, shift, ws, atW, bs, atB, ys, to);
    } else {
      for (int c = 0; c < layout.channels(); c++) {
        float gain = inverse * w.floats()[w.offset() + first + c];
        float offset = b.floats()[b.offset() + first + c] - rest * gain;
        int place = c * places;
        FloatRuns.affine(xs, at + place, places, center, gain, offset, least, ys, to + place);
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
    if (!suits(layout, dw, db)) {
      plain.backward(layout, x, w, dy, statistics, dx, dw, db);
      return;
    }
    FloatRuns own = runs.get();
    float[] stats = statistics.floats();
    for (int row = 0; row < layout.rows(); row++) {
      float center = stats[statistics.offset() + row];
      float inverse = stats[statistics.offset() + layout.rows() + row];
      float rest = stats[statistics.offset() + 2 * layout.rows() + row];
      if (layout.places() == 1) {
        single(own, layout, row, x, w, dy, center, rest, inverse, dx, dw, db);
      } else {
        planes(own, layout, row, x, w, dy, center, rest, inverse, dx, dw, db);
      }
    }
  }

  /** A gain a number: what its row adds to dw and db, then dx in two passes. */
  private static void single(
      FloatRuns own,
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
    float[] gs = dy.floats();
    int n = layout.columns();
    int at = x.offset() + row * n;
    int by = dy.offset() + row * n;
    int first = row % layout.groups() * layout.channels();
    if (dw != null && db != null) {
      float shift = -rest * inverse;
      int toW = dw.offset() + first;
      int toB = db.offset() + first;
      FloatRuns.gains(
          gs, by, xs, at, n, center, inverse, shift, dw.floats(), toW, db.floats(), toB);
    }
    if (dx == null) {
      return;
    }
    int to = dx.offset() + row * n;
    if (w == null) {
      double product = own.products(gs, by, xs, at, n, center);
      double mean = own.second() / n;
      double slope = slope(product, own.second(), rest, inverse, n);
      float d = shift(mean, slope, rest, inverse);
      float b = (float) (-slope * inverse);
      FloatRuns.combine(gs, by, xs, at, n, center, inverse, b, d, dx.floats(), to);
    } else {
      float[] ws = w.floats();
      int atW = w.offset() + first;
      double product = own.weighted(gs, by, ws, atW, xs, at, n, center);
      double mean = own.second() / n;
      double slope = slope(product, own.second(), rest, inverse, n);
      float d = shift(mean, slope, rest, inverse);
      float b = (float) (-slope * inverse);
      FloatRuns.weigh(gs, by, ws, atW, xs, at, n, center, inverse, b, d, dx.floats(), to);
    }
  }

  /** A gain a plane: each plane's two sums give what they add to dw, db and the row's own sums. */
  private static void planes(
      FloatRuns own,
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
    float[] gs = dy.floats();
    int places = layout.places();
    int n = layout.columns();
    int at = x.offset() + row * n;
    int by = dy.offset() + row * n;
    int first = row % layout.groups() * layout.channels();
    double product = 0;
    double sum = 0;
    for (int c = 0; c < layout.channels(); c++) {
      float gain = w == null ? 1 : w.floats()[w.offset() + first + c];
      double products = own.products(gs, by + c * places, xs, at + c * places, places, center);
      double plain = own.second();
      if (dw != null && db != null) {
        dw.floats()[dw.offset() + first + c] += (float) ((products - rest * plain) * inverse);
        db.floats()[db.offset() + first + c] += (float) plain;
      }
      product += gain * products;
      sum += gain * plain;
    }
    if (dx == null) {
      return;
    }
    double mean = sum / n;
    double slope = slope(product, sum, rest, inverse, n);
    float b = (float) (-slope * inverse);
    float d = shift(mean, slope, rest, inverse);
    int to = dx.offset() + row * n;
    for (int c = 0; c < layout.channels(); c++) {
      float gain = w == null ? 1 : w.floats()[w.offset() + first + c];
      int place = c * places;
      float a = inverse * gain;
      FloatRuns.combine(
          gs, by + place, xs, at + place, places, center, a, b, d, dx.floats(), to + place);
    }
  }

  /** What x̂ is taken times, over the deviation: mean(g·x̂)·inverse. */
  private static double slope(double product, double sum, float rest, float inverse, int n) {
    return (product - rest * sum) / n * inverse * inverse;
  }

  /** What dx has beside its parts of g and of x − center. */
  private static float shift(double mean, double slope, float rest, float inverse) {
    return (float) (inverse * (slope * rest - mean));
  }
}
