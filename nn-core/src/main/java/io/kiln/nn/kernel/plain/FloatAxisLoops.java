package io.kiln.nn.kernel.plain;

import io.kiln.nn.kernel.AxisLoops;
import io.kiln.nn.tensor.Tensor;

/** Loops along an axis in float32. */
@SuppressWarnings("cast") // the casts are needed in one of the two widths only
final class FloatAxisLoops implements AxisLoops {
  @Override
  public void extreme(boolean smallest, Tensor x, Sizes sizes, Tensor y, Tensor places) {
    float[] xs = x.floats();
    for (int o = 0; o < sizes.outer(); o++) {
      for (int i = 0; i < sizes.inner(); i++) {
        int at = x.offset() + o * sizes.axis() * sizes.inner() + i;
        float most = xs[at];
        int place = 0;
        for (int a = 1; a < sizes.axis() && !Float.isNaN(most); a++) {
          float value = xs[at + a * sizes.inner()];
          if (smallest ? !(value >= most) : !(value <= most)) {
            most = value;
            place = a;
          }
        }
        int to = o * sizes.inner() + i;
        y.floats()[y.offset() + to] = most;
        places.floats()[places.offset() + to] = place;
      }
    }
  }

  @Override
  public void extremeBackward(Tensor dy, Tensor places, Sizes sizes, Tensor dx) {
    dx.fill(0);
    for (int o = 0; o < sizes.outer(); o++) {
      for (int i = 0; i < sizes.inner(); i++) {
        int from = o * sizes.inner() + i;
        int place = (int) places.floats()[places.offset() + from];
        int to = (o * sizes.axis() + place) * sizes.inner() + i;
        dx.floats()[dx.offset() + to] = dy.floats()[dy.offset() + from];
      }
    }
  }

  @Override
  public void cumulate(boolean backward, Tensor x, Sizes sizes, Tensor y) {
    float[] xs = x.floats();
    float[] ys = y.floats();
    int step = backward ? -sizes.inner() : sizes.inner();
    int begin = backward ? (sizes.axis() - 1) * sizes.inner() : 0;
    for (int o = 0; o < sizes.outer(); o++) {
      for (int i = 0; i < sizes.inner(); i++) {
        int at = o * sizes.axis() * sizes.inner() + begin + i;
        double sum = 0;
        for (int a = 0; a < sizes.axis(); a++, at += step) {
          sum += xs[x.offset() + at];
          ys[y.offset() + at] = (float) sum;
        }
      }
    }
  }

  @Override
  public void localNorm(
      Tensor x, Sizes sizes, int size, double alpha, double beta, double k, Tensor s, Tensor y) {
    float[] xs = x.floats();
    int channels = sizes.axis();
    for (int o = 0; o < sizes.outer(); o++) {
      int base = o * channels * sizes.inner();
      for (int c = 0; c < channels; c++) {
        int from = Math.max(0, c - size / 2);
        int end = Math.min(channels, c + (size - 1) / 2 + 1);
        for (int i = 0; i < sizes.inner(); i++) {
          double sum = 0;
          for (int j = from; j < end; j++) {
            double v = xs[x.offset() + base + j * sizes.inner() + i];
            sum += v * v;
          }
          int at = base + c * sizes.inner() + i;
          double norm = k + alpha / size * sum;
          s.floats()[s.offset() + at] = (float) norm;
          y.floats()[y.offset() + at] = (float) (xs[x.offset() + at] * Math.pow(norm, -beta));
        }
      }
    }
  }

  @Override
  public void localNormBackward(
      Tensor x, Tensor s, Tensor dy, Sizes sizes, int size, double alpha, double beta, Tensor dx) {
    float[] xs = x.floats();
    float[] ss = s.floats();
    float[] dys = dy.floats();
    int channels = sizes.axis();
    for (int o = 0; o < sizes.outer(); o++) {
      int base = o * channels * sizes.inner();
      for (int c = 0; c < channels; c++) {
        int from = Math.max(0, c - (size - 1) / 2);
        int end = Math.min(channels, c + size / 2 + 1);
        for (int i = 0; i < sizes.inner(); i++) {
          double sum = 0;
          for (int j = from; j < end; j++) {
            int at = base + j * sizes.inner() + i;
            double norm = ss[s.offset() + at];
            sum += dys[dy.offset() + at] * xs[x.offset() + at] * Math.pow(norm, -beta - 1);
          }
          int at = base + c * sizes.inner() + i;
          double own = dys[dy.offset() + at] * Math.pow(ss[s.offset() + at], -beta);
          double rest = 2 * alpha * beta / size * xs[x.offset() + at] * sum;
          dx.floats()[dx.offset() + at] = (float) (own - rest);
        }
      }
    }
  }
}
