package io.kiln.nn.kernel.plain;

import io.kiln.nn.kernel.Activations;
import io.kiln.nn.kernel.Nonlinearity;
import io.kiln.nn.tensor.Tensor;

/** The functions in float32; those that are not {@link Exponentials}' own are in double. */
@SuppressWarnings("cast") // the casts are needed in one of the two widths only
final class FloatActivations implements Activations {
  private static final double SQRT_2_BY_PI = 0.7978845608028654;
  private static final double SQRT_1_BY_2PI = 0.3989422804014327;
  private static final double CUBIC = 0.044715;

  private static final int BLOCK = Exponentials.BLOCK;

  /** Blocks of a thread: they begin at 0, so that the compiler vectorises the loops over them. */
  private static final ThreadLocal<float[][]> BLOCKS =
      ThreadLocal.withInitial(() -> new float[4][BLOCK]);

  /** p of the functions that are v·p, a number times a probability; e is working memory. */
  private static void probability(Nonlinearity f, float[] v, float[] p, float[] e, int n) {
    if (f == Nonlinearity.GELU) {
      Exponentials.normal(v, p, e, n);
      return;
    }
    if (f == Nonlinearity.SILU) {
      Exponentials.sigmoid(v, 0, p, 0, n);
      return;
    }
    for (int i = 0; i < n; i++) {
      p[i] = (float) (2 * SQRT_2_BY_PI) * (v[i] + (float) CUBIC * v[i] * v[i] * v[i]);
    }
    Exponentials.sigmoid(p, 0, p, 0, n);
  }

  private static void weighted(Nonlinearity f, Tensor x, Tensor y) {
    float[][] blocks = BLOCKS.get();
    float[] v = blocks[0];
    float[] p = blocks[1];
    int n = y.count();
    for (int done = 0; done < n; done += BLOCK) {
      int count = Math.min(BLOCK, n - done);
      System.arraycopy(x.floats(), x.offset() + done, v, 0, count);
      probability(f, v, p, blocks[2], count);
      for (int i = 0; i < count; i++) {
        p[i] *= v[i];
      }
      System.arraycopy(p, 0, y.floats(), y.offset() + done, count);
    }
  }

  private static void weightedBackward(Nonlinearity f, Tensor kept, Tensor dy, Tensor dx) {
    float[][] blocks = BLOCKS.get();
    float[] v = blocks[0];
    float[] p = blocks[1];
    float[] e = blocks[2];
    float[] g = blocks[3];
    int n = dx.count();
    for (int done = 0; done < n; done += BLOCK) {
      int count = Math.min(BLOCK, n - done);
      System.arraycopy(kept.floats(), kept.offset() + done, v, 0, count);
      System.arraycopy(dy.floats(), dy.offset() + done, g, 0, count);
      probability(f, v, p, e, count);
      switch (f) {
        case GELU -> normalSlope(v, p, e, g, count);
        case SILU -> logisticSlope(v, p, g, count);
        default -> tanhSlope(v, p, g, count);
      }
      System.arraycopy(g, 0, dx.floats(), dx.offset() + done, count);
    }
  }

  private static void normalSlope(float[] v, float[] p, float[] e, float[] g, int n) {
    for (int i = 0; i < n; i++) {
      g[i] *= p[i] + v[i] * e[i] * (float) SQRT_1_BY_2PI;
    }
  }

  private static void logisticSlope(float[] v, float[] p, float[] g, int n) {
    for (int i = 0; i < n; i++) {
      g[i] *= p[i] * (1 + v[i] * (1 - p[i]));
    }
  }

  private static void tanhSlope(float[] v, float[] p, float[] g, int n) {
    for (int i = 0; i < n; i++) {
      float inner = (float) (2 * SQRT_2_BY_PI) * (1 + (float) (3 * CUBIC) * v[i] * v[i]);
      g[i] *= p[i] + v[i] * p[i] * (1 - p[i]) * inner;
    }
  }

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
      case SILU, GELU, GELU_TANH -> weighted(f, x, y);
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
      case SILU, GELU, GELU_TANH -> weightedBackward(f, kept, dy, dx);
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
}
