package io.kiln.nn.kernel.vector;

import io.kiln.nn.kernel.Channels;
import io.kiln.nn.tensor.Tensor;

/**
 * Channels with the Vector API whose planes have a vector or more; others go to the plain loops.
 */
@SuppressWarnings("cast") // the casts are needed in one of the two widths only
final class FloatPlanes implements Channels {
  private final Channels plain;
  private final ThreadLocal<FloatRuns> runs = ThreadLocal.withInitial(FloatRuns::new);

  FloatPlanes(Channels plain) {
    this.plain = plain;
  }

  /** In two passes, as {@link FloatRowNorm#forward}. */
  @Override
  public void moments(
      Tensor x, int n, int channels, int plane, Tensor center, Tensor rest, Tensor variance) {
    if (plane < FloatRuns.LANES) {
      plain.moments(x, n, channels, plane, center, rest, variance);
      return;
    }
    FloatRuns own = runs.get();
    float[] xs = x.floats();
    double count = Math.max(1, (double) n * plane);
    for (int c = 0; c < channels; c++) {
      double sum = 0;
      for (int i = 0; i < n; i++) {
        sum += own.sum(xs, x.offset() + (i * channels + c) * plane, plane);
      }
      float middle = (float) (sum / count);
      double squares = 0;
      double more = 0;
      for (int i = 0; i < n; i++) {
        squares += own.squares(xs, x.offset() + (i * channels + c) * plane, plane, middle);
        more += own.second();
      }
      more /= count;
      center.floats()[center.offset() + c] = middle;
      rest.floats()[rest.offset() + c] = (float) more;
      variance.floats()[variance.offset() + c] = (float) Math.max(0, squares / count - more * more);
    }
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
    if (plane < FloatRuns.LANES) {
      plain.affine(x, n, channels, plane, center, scale, shift, rectified, y);
      return;
    }
    float least = rectified ? 0 : Float.NEGATIVE_INFINITY;
    for (int p = 0; p < n * channels; p++) {
      float m = center.floats()[center.offset() + p % channels];
      float a = scale.floats()[scale.offset() + p % channels];
      float b = shift.floats()[shift.offset() + p % channels];
      int at = p * plane;
      FloatRuns.affine(
          x.floats(), x.offset() + at, plane, m, a, b, least, y.floats(), y.offset() + at);
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
    if (plane < FloatRuns.LANES) {
      plain.gradientSums(dy, x, y, rectified, n, channels, plane, center, sums, products);
      return;
    }
    FloatRuns own = runs.get();
    float[] gs = dy.floats();
    float[] xs = x.floats();
    for (int c = 0; c < channels; c++) {
      float m = center.floats()[center.offset() + c];
      double sum = 0;
      double product = 0;
      for (int i = 0; i < n; i++) {
        int place = (i * channels + c) * plane;
        int by = dy.offset() + place;
        int at = x.offset() + place;
        product +=
            rectified
                ? own.products(gs, by, xs, at, y.floats(), y.offset() + place, plane, m)
                : own.products(gs, by, xs, at, plane, m);
        sum += own.second();
      }
      sums.floats()[sums.offset() + c] = (float) sum;
      products.floats()[products.offset() + c] = (float) product;
    }
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
    if (plane < FloatRuns.LANES) {
      plain.combine(dy, x, y, rectified, n, channels, plane, center, a, b, d, dx);
      return;
    }
    float[] gs = dy.floats();
    float[] xs = x.floats();
    float[] dxs = dx.floats();
    for (int p = 0; p < n * channels; p++) {
      int c = p % channels;
      float m = center.floats()[center.offset() + c];
      float ca = a.floats()[a.offset() + c];
      float cb = b.floats()[b.offset() + c];
      float cd = d.floats()[d.offset() + c];
      int by = dy.offset() + p * plane;
      int at = x.offset() + p * plane;
      int to = dx.offset() + p * plane;
      if (rectified) {
        int mask = y.offset() + p * plane;
        FloatRuns.combine(gs, by, xs, at, y.floats(), mask, plane, m, ca, cb, cd, dxs, to);
      } else {
        FloatRuns.combine(gs, by, xs, at, plane, m, ca, cb, cd, dxs, to);
      }
    }
  }

  @Override
  public void repeat(Tensor b, int n, int channels, int plane, Tensor y) {
    plain.repeat(b, n, channels, plane, y);
  }
}
