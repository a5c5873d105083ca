package io.kiln.nn.kernel.plain;

import io.kiln.nn.kernel.NormalTail;
import io.kiln.nn.kernel.Pointwise;
import io.kiln.nn.kernel.UnaryFunction;
import io.kiln.nn.tensor.Tensor;

/** The rarer functions of elements in float32. */
@SuppressWarnings("cast") // the casts are needed in one of the two widths only
final class FloatPointwise implements Pointwise {
  private static final double SQRT_2 = 1.4142135623730951;
  private static final double TWO_BY_SQRT_PI = 1.1283791670955126;

  @Override
  public void forward(UnaryFunction f, double a, double b, Tensor x, Tensor y) {
    float[] xs = x.floats();
    float[] ys = y.floats();
    int at = x.offset();
    int to = y.offset();
    int n = y.count();
    switch (f) {
      case ABS -> {
        for (int i = 0; i < n; i++) {
          ys[to + i] = Math.abs(xs[at + i]);
        }
      }
      case CLIP -> {
        float low = (float) a;
        float high = (float) b;
        for (int i = 0; i < n; i++) {
          ys[to + i] = Math.min(Math.max(xs[at + i], low), high);
        }
      }
      case SOFTSIGN -> {
        for (int i = 0; i < n; i++) {
          float v = xs[at + i];
          ys[to + i] = v / (1 + Math.abs(v));
        }
      }
      case HARD_SIGMOID -> {
        float slope = (float) a;
        float middle = (float) b;
        for (int i = 0; i < n; i++) {
          ys[to + i] = Math.min(Math.max(slope * xs[at + i] + middle, 0), 1);
        }
      }
      case ERF -> {
        for (int i = 0; i < n; i++) {
          double v = xs[at + i];
          ys[to + i] = (float) (2 * NormalTail.cumulative(v * SQRT_2, Math.exp(-v * v)) - 1);
        }
      }
    }
  }

  @Override
  public void backward(UnaryFunction f, double a, double b, Tensor x, Tensor dy, Tensor dx) {
    float[] xs = x.floats();
    float[] dys = dy.floats();
    float[] dxs = dx.floats();
    int at = x.offset();
    int by = dy.offset();
    int to = dx.offset();
    int n = dx.count();
    switch (f) {
      case ABS -> {
        for (int i = 0; i < n; i++) {
          dxs[to + i] = dys[by + i] * Math.signum(xs[at + i]);
        }
      }
      case CLIP -> {
        float low = (float) a;
        float high = (float) b;
        for (int i = 0; i < n; i++) {
          float v = xs[at + i];
          dxs[to + i] = v >= low && v <= high ? dys[by + i] : 0;
        }
      }
      case SOFTSIGN -> {
        for (int i = 0; i < n; i++) {
          float v = 1 + Math.abs(xs[at + i]);
          dxs[to + i] = dys[by + i] / (v * v);
        }
      }
      case HARD_SIGMOID -> {
        float slope = (float) a;
        float middle = (float) b;
        for (int i = 0; i < n; i++) {
          float v = slope * xs[at + i] + middle;
          dxs[to + i] = v > 0 && v < 1 ? slope * dys[by + i] : 0;
        }
      }
      case ERF -> {
        for (int i = 0; i < n; i++) {
          double v = xs[at + i];
          dxs[to + i] = (float) (dys[by + i] * (TWO_BY_SQRT_PI * Math.exp(-v * v)));
        }
      }
    }
  }

  @Override
  public void prelu(Tensor x, Tensor slopes, int plane, Tensor y) {
    float[] xs = x.floats();
    float[] ys = y.floats();
    int channels = slopes.count();
    for (int from = 0, c = 0; from < y.count(); from += plane, c = (c + 1) % channels) {
      float slope = slopes.floats()[slopes.offset() + c];
      for (int i = from; i < from + plane; i++) {
        float v = xs[x.offset() + i];
        ys[y.offset() + i] = v > 0 ? v : slope * v;
      }
    }
  }

  @Override
  public void preluBackward(Tensor x, Tensor slopes, int plane, Tensor dy, Tensor dx) {
    float[] xs = x.floats();
    float[] dys = dy.floats();
    float[] dxs = dx.floats();
    int channels = slopes.count();
    for (int from = 0, c = 0; from < dx.count(); from += plane, c = (c + 1) % channels) {
      float slope = slopes.floats()[slopes.offset() + c];
      for (int i = from; i < from + plane; i++) {
        float g = dys[dy.offset() + i];
        dxs[dx.offset() + i] = xs[x.offset() + i] > 0 ? g : slope * g;
      }
    }
  }

  @Override
  public void preluSlopes(Tensor x, int plane, Tensor dy, Tensor slopes) {
    float[] xs = x.floats();
    float[] dys = dy.floats();
    int channels = slopes.count();
    slopes.fill(0);
    for (int from = 0, c = 0; from < x.count(); from += plane, c = (c + 1) % channels) {
      float sum = 0;
      for (int i = from; i < from + plane; i++) {
        float v = xs[x.offset() + i];
        sum += v > 0 ? 0 : v * dys[dy.offset() + i];
      }
      slopes.floats()[slopes.offset() + c] += sum;
    }
  }

  @Override
  public void choose(Tensor condition, Tensor x, Tensor y, Tensor z) {
    float[] cs = condition.floats();
    float[] xs = x.floats();
    float[] ys = y.floats();
    float[] zs = z.floats();
    for (int i = 0, n = z.count(); i < n; i++) {
      boolean first = cs[condition.offset() + i] != 0;
      zs[z.offset() + i] = first ? xs[x.offset() + i] : ys[y.offset() + i];
    }
  }

  @Override
  public void chooseBackward(Tensor condition, boolean wanted, Tensor dz, Tensor dx) {
    float[] cs = condition.floats();
    float[] dzs = dz.floats();
    float[] dxs = dx.floats();
    for (int i = 0, n = dx.count(); i < n; i++) {
      boolean first = cs[condition.offset() + i] != 0;
      dxs[dx.offset() + i] = first == wanted ? dzs[dz.offset() + i] : 0;
    }
  }

  @Override
  public void larger(boolean smaller, Tensor x, Tensor y, Tensor z) {
    float[] xs = x.floats();
    float[] ys = y.floats();
    float[] zs = z.floats();
    for (int i = 0, n = z.count(); i < n; i++) {
      float a = xs[x.offset() + i];
      float b = ys[y.offset() + i];
      zs[z.offset() + i] = smaller ? Math.min(a, b) : Math.max(a, b);
    }
  }

  @Override
  public void largerBackward(boolean smaller, Tensor x, Tensor y, Tensor dz, Tensor dx) {
    float[] xs = x.floats();
    float[] ys = y.floats();
    float[] dzs = dz.floats();
    float[] dxs = dx.floats();
    for (int i = 0, n = dx.count(); i < n; i++) {
      float a = xs[x.offset() + i];
      float b = ys[y.offset() + i];
      float g = dzs[dz.offset() + i];
      dxs[dx.offset() + i] = a == b ? g / 2 : (a > b) != smaller ? g : 0;
    }
  }
}
