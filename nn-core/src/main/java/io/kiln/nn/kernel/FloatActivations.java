package io.kiln.nn.kernel;

import io.kiln.nn.tensor.Tensor;

/** The functions in float32; exponentials are in double. */
@SuppressWarnings("cast") // the casts are needed in one of the two widths only
final class FloatActivations implements Activations {
  private static final double SQRT_2_BY_PI = 0.7978845608028654;
  private static final double SQRT_1_BY_2PI = 0.3989422804014327;
  private static final double CUBIC = 0.044715;

  @Override
  public void forward(Nonlinearity f, double a, Tensor x, Tensor y) {
    float[] xs = x.floats();
    float[] ys = y.floats();
    int at = x.offset();
    int to = y.offset();
    int n = y.count();
    switch (f) {
      case SIGMOID -> Exponentials.sigmoid(xs, at, ys, to, n);
      case TANH -> Exponentials.tanh(xs, at, ys, to, n);
      case EXP -> Exponentials.exp(xs, at, ys, to, n);
      case LOG -> {
        for (int i = 0; i < n; i++) {
          ys[to + i] = (float) Math.log(xs[at + i]);
        }
      }
      case ARCTAN -> {
        for (int i = 0; i < n; i++) {
          ys[to + i] = (float) Math.atan(xs[at + i]);
        }
      }
      case SOFTPLUS -> {
        for (int i = 0; i < n; i++) {
          double v = a * xs[at + i];
          ys[to + i] = (float) ((Math.max(v, 0) + Math.log1p(Math.exp(-Math.abs(v)))) / a);
        }
      }
      case SILU -> {
        for (int i = 0; i < n; i++) {
          double v = xs[at + i];
          ys[to + i] = (float) (v * logistic(v));
        }
      }
      case GELU -> {
        for (int i = 0; i < n; i++) {
          double v = xs[at + i];
          ys[to + i] = (float) (v * NormalTail.cumulative(v, Math.exp(-0.5 * v * v)));
        }
      }
      case GELU_TANH -> {
        for (int i = 0; i < n; i++) {
          double v = xs[at + i];
          ys[to + i] = (float) (v * logistic(2 * SQRT_2_BY_PI * (v + CUBIC * v * v * v)));
        }
      }
      case LEAKY_RELU -> {
        float slope = (float) a;
        for (int i = 0; i < n; i++) {
          float v = xs[at + i];
          ys[to + i] = v > 0 ? v : slope * v;
        }
      }
      case ELU -> {
        for (int i = 0; i < n; i++) {
          float v = xs[at + i];
          ys[to + i] = v > 0 ? v : (float) (a * Math.expm1(v));
        }
      }
    }
  }

  @Override
  public void backward(Nonlinearity f, double a, Tensor kept, Tensor dy, Tensor dx) {
    float[] ks = kept.floats();
    float[] dys = dy.floats();
    float[] dxs = dx.floats();
    int at = kept.offset();
    int by = dy.offset();
    int to = dx.offset();
    int n = dx.count();
    switch (f) {
      case SIGMOID -> {
        for (int i = 0; i < n; i++) {
          float y = ks[at + i];
          dxs[to + i] = dys[by + i] * (y * (1 - y));
        }
      }
      case TANH -> {
        for (int i = 0; i < n; i++) {
          float y = ks[at + i];
          dxs[to + i] = dys[by + i] * (1 - y * y);
        }
      }
      case EXP -> {
        for (int i = 0; i < n; i++) {
          dxs[to + i] = dys[by + i] * ks[at + i];
        }
      }
      case LOG -> {
        for (int i = 0; i < n; i++) {
          dxs[to + i] = dys[by + i] / ks[at + i];
        }
      }
      case ARCTAN -> {
        for (int i = 0; i < n; i++) {
          float v = ks[at + i];
          dxs[to + i] = dys[by + i] / (1 + v * v);
        }
      }
      case SOFTPLUS -> {
        for (int i = 0; i < n; i++) {
          dxs[to + i] = (float) (dys[by + i] * -Math.expm1(-a * ks[at + i]));
        }
      }
      case SILU -> {
        for (int i = 0; i < n; i++) {
          double v = ks[at + i];
          double s = logistic(v);
          dxs[to + i] = (float) (dys[by + i] * (s * (1 + v * (1 - s))));
        }
      }
      case GELU -> {
        for (int i = 0; i < n; i++) {
          double v = ks[at + i];
          double e = Math.exp(-0.5 * v * v);
          double slope = NormalTail.cumulative(v, e) + v * e * SQRT_1_BY_2PI;
          dxs[to + i] = (float) (dys[by + i] * slope);
        }
      }
      case GELU_TANH -> {
        for (int i = 0; i < n; i++) {
          double v = ks[at + i];
          double s = logistic(2 * SQRT_2_BY_PI * (v + CUBIC * v * v * v));
          double inner = 2 * SQRT_2_BY_PI * (1 + 3 * CUBIC * v * v);
          dxs[to + i] = (float) (dys[by + i] * (s + v * s * (1 - s) * inner));
        }
      }
      case LEAKY_RELU -> {
        float slope = (float) a;
        for (int i = 0; i < n; i++) {
          float g = dys[by + i];
          dxs[to + i] = ks[at + i] > 0 ? g : slope * g;
        }
      }
      case ELU -> {
        float alpha = (float) a;
        for (int i = 0; i < n; i++) {
          float g = dys[by + i];
          float y = ks[at + i];
          dxs[to + i] = y > 0 ? g : (y + alpha) * g;
        }
      }
    }
  }

  /** 1 / (1 + e⁻ˣ); e⁻ˣ may overflow to infinity, which gives 0. */
  private static double logistic(double x) {
    return 1 / (1 + Math.exp(-x));
  }
}
