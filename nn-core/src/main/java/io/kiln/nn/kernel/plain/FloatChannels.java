package io.kiln.nn.kernel.plain;

import io.kiln.nn.kernel.Channels;
import io.kiln.nn.tensor.Tensor;
import java.util.Arrays;

/** Channels in float32; sums are in double. */
@SuppressWarnings("cast") // the casts are needed in one of the two widths only
final class FloatChannels implements Channels {
  @Override
  public void moments(
      Tensor x, int n, int channels, int plane, Tensor center, Tensor rest, Tensor variance) {
    float[] xs = x.floats();
    double count = Math.max(1, (double) n * plane);
    for (int c = 0; c < channels; c++) {
      double sum = 0;
      for (int i = 0; i < n; i++) {
        int at = x.offset() + (i * channels + c) * plane;
        double a0 = 0;
        double a1 = 0;
        int q = 0;
        for (; q < plane - 1; q += 2) {
          a0 += xs[at + q];
          a1 += xs[at + q + 1];
        }
        sum += (a0 + a1) + (q < plane ? xs[at + q] : 0);
      }
      double m = sum / count;
      double squares = 0;
      for (int i = 0; i < n; i++) {
        int at = x.offset() + (i * channels + c) * plane;
        double a0 = 0;
        double a1 = 0;
        int q = 0;
        for (; q < plane - 1; q += 2) {
          double d0 = xs[at + q] - m;
          double d1 = xs[at + q + 1] - m;
          a0 += d0 * d0;
          a1 += d1 * d1;
        }
        double last = q < plane ? xs[at + q] - m : 0;
        squares += (a0 + a1) + last * last;
      }
      float middle = (float) m;
      center.floats()[center.offset() + c] = middle;
      rest.floats()[rest.offset() + c] = (float) (m - middle);
      variance.floats()[variance.offset() + c] = (float) (squares / count);
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
    float[] xs = x.floats();
    float[] ys = y.floats();
    for (int p = 0; p < n * channels; p++) {
      float m = center.floats()[center.offset() + p % channels];
      float a = scale.floats()[scale.offset() + p % channels];
      float b = shift.floats()[shift.offset() + p % channels];
      float least = rectified ? 0 : Float.NEGATIVE_INFINITY;
      int at = x.offset() + p * plane;
      int to = y.offset() + p * plane;
      for (int q = 0; q < plane; q++) {
        ys[to + q] = Math.max(a * (xs[at + q] - m) + b, least);
      }
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
    float[] dys = dy.floats();
    float[] xs = x.floats();
    float[] ys = y.floats();
    for (int c = 0; c < channels; c++) {
      float m = center.floats()[center.offset() + c];
      double sum = 0;
      double product = 0;
      for (int i = 0; i < n; i++) {
        int plan = (i * channels + c) * plane;
        int by = dy.offset() + plan;
        int at = x.offset() + plan;
        int mask = y.offset() + plan;
        for (int q = 0; q < plane; q++) {
          float g = rectified && !(ys[mask + q] > 0) ? 0 : dys[by + q];
          sum += g;
          product += g * (xs[at + q] - m);
        }
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
    float[] dys = dy.floats();
    float[] xs = x.floats();
    float[] ys = y.floats();
    float[] dxs = dx.floats();
    for (int p = 0; p < n * channels; p++) {
      int c = p % channels;
      float m = center.floats()[center.offset() + c];
      float ca = a.floats()[a.offset() + c];
      float cb = b.floats()[b.offset() + c];
      float cd = d.floats()[d.offset() + c];
      int by = dy.offset() + p * plane;
      int at = x.offset() + p * plane;
      int mask = y.offset() + p * plane;
      int to = dx.offset() + p * plane;
      for (int q = 0; q < plane; q++) {
        float g = rectified && !(ys[mask + q] > 0) ? 0 : dys[by + q];
        dxs[to + q] = ca * g + (cb * (xs[at + q] - m) + cd);
      }
    }
  }

  @Override
  public void repeat(Tensor b, int n, int channels, int plane, Tensor y) {
    for (int p = 0; p < n * channels; p++) {
      float value = b.count() == 0 ? 0 : b.floats()[b.offset() + p % channels];
      int to = y.offset() + p * plane;
      Arrays.fill(y.floats(), to, to + plane, value);
    }
  }
}
