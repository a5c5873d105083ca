package io.kiln.nn.kernel.plain;

import io.kiln.nn.kernel.Updates;
import io.kiln.nn.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/** Optimizer steps in float32. */
@SuppressWarnings("cast") // the casts are needed in one of the two widths only
final class FloatUpdates implements Updates {
  /** Numbers of this size and above have sign ±1; denormal ones a part of it. */
  private static final float SIGN = 1e38f;

  @Override
  public void sgd(Tensor w, Tensor g, double scale, double decay, double rate, double keep) {
    float[] ws = w.floats();
    float[] gs = like(w, g);
    float a = (float) scale;
    float d = (float) decay;
    float r = (float) rate;
    float k = (float) keep;
    for (int i = w.offset(), end = i + w.count(); i < end; i++) {
      ws[i] = k * ws[i] - r * (a * gs[i] + d * ws[i]);
    }
  }

  @Override
  public void momentum(
      Tensor w,
      Tensor g,
      Tensor v,
      double scale,
      double decay,
      double momentum,
      double fresh,
      double alongVelocity,
      double alongGradient,
      double keep) {
    float[] ws = w.floats();
    float[] gs = like(w, g);
    float[] vs = like(w, v);
    float a = (float) scale;
    float d = (float) decay;
    float m = (float) momentum;
    float f = (float) fresh;
    float rv = (float) alongVelocity;
    float rg = (float) alongGradient;
    float k = (float) keep;
    for (int i = w.offset(), end = i + w.count(); i < end; i++) {
      float gradient = a * gs[i] + d * ws[i];
      float velocity = m * vs[i] + f * gradient;
      vs[i] = velocity;
      ws[i] = k * ws[i] - (rv * velocity + rg * gradient);
    }
  }

  @Override
  public void adaGrad(
      Tensor w,
      Tensor g,
      Tensor s,
      double scale,
      double decay,
      double rate,
      double initial,
      double epsilon,
      double keep) {
    float[] ws = w.floats();
    float[] gs = like(w, g);
    float[] ss = like(w, s);
    float a = (float) scale;
    float d = (float) decay;
    float r = (float) rate;
    float s0 = (float) initial;
    float e = (float) epsilon;
    float k = (float) keep;
    for (int i = w.offset(), end = i + w.count(); i < end; i++) {
      float gradient = a * gs[i] + d * ws[i];
      float square = ss[i] + gradient * gradient;
      ss[i] = square;
      ws[i] = k * ws[i] - r * gradient / ((float) Math.sqrt(square + s0) + e);
    }
  }

  @Override
  public void rmsProp(
      Tensor w,
      Tensor g,
      Tensor s,
      @Nullable Tensor m,
      @Nullable Tensor v,
      double scale,
      double decay,
      double rate,
      double alpha,
      double momentum,
      double epsilon,
      double keep) {
    float[] ws = w.floats();
    float[] gs = like(w, g);
    float[] ss = like(w, s);
    float a = (float) scale;
    float d = (float) decay;
    float r = (float) rate;
    float old = (float) alpha;
    float fresh = (float) (1 - alpha);
    float u = (float) momentum;
    float e = (float) epsilon;
    float k = (float) keep;
    int at = w.offset();
    int end = at + w.count();
    if (m == null && v == null) {
      for (int i = at; i < end; i++) {
        float gradient = a * gs[i] + d * ws[i];
        float square = old * ss[i] + fresh * gradient * gradient;
        ss[i] = square;
        ws[i] = k * ws[i] - r * gradient / ((float) Math.sqrt(square) + e);
      }
    } else if (m == null && v != null) {
      float[] vs = like(w, v);
      for (int i = at; i < end; i++) {
        float gradient = a * gs[i] + d * ws[i];
        float square = old * ss[i] + fresh * gradient * gradient;
        float velocity = u * vs[i] + gradient / ((float) Math.sqrt(square) + e);
        ss[i] = square;
        vs[i] = velocity;
        ws[i] = k * ws[i] - r * velocity;
      }
    } else if (m != null && v == null) {
      float[] ms = like(w, m);
      for (int i = at; i < end; i++) {
        float gradient = a * gs[i] + d * ws[i];
        float square = old * ss[i] + fresh * gradient * gradient;
        float mean = old * ms[i] + fresh * gradient;
        ss[i] = square;
        ms[i] = mean;
        float variance = Math.max(square - mean * mean, 0);
        ws[i] = k * ws[i] - r * gradient / ((float) Math.sqrt(variance) + e);
      }
    } else if (m != null && v != null) {
      float[] ms = like(w, m);
      float[] vs = like(w, v);
      for (int i = at; i < end; i++) {
        float gradient = a * gs[i] + d * ws[i];
        float square = old * ss[i] + fresh * gradient * gradient;
        float mean = old * ms[i] + fresh * gradient;
        float variance = Math.max(square - mean * mean, 0);
        float velocity = u * vs[i] + gradient / ((float) Math.sqrt(variance) + e);
        ss[i] = square;
        ms[i] = mean;
        vs[i] = velocity;
        ws[i] = k * ws[i] - r * velocity;
      }
    }
  }

  @Override
  public void adam(
      Tensor w,
      Tensor g,
      Tensor m,
      Tensor v,
      double scale,
      double decay,
      double beta1,
      double beta2,
      double alongMean,
      double alongGradient,
      double correction,
      double epsilon,
      double keep) {
    float[] ws = w.floats();
    float[] gs = like(w, g);
    float[] ms = like(w, m);
    float[] vs = like(w, v);
    float a = (float) scale;
    float d = (float) decay;
    float b1 = (float) beta1;
    float b2 = (float) beta2;
    float c1 = (float) (1 - beta1);
    float c2 = (float) (1 - beta2);
    float rm = (float) alongMean;
    float rg = (float) alongGradient;
    float c = (float) correction;
    float e = (float) epsilon;
    float k = (float) keep;
    for (int i = w.offset(), end = i + w.count(); i < end; i++) {
      float gradient = a * gs[i] + d * ws[i];
      float mean = b1 * ms[i] + c1 * gradient;
      float square = b2 * vs[i] + c2 * gradient * gradient;
      ms[i] = mean;
      vs[i] = square;
      ws[i] = k * ws[i] - (rm * mean + rg * gradient) / ((float) Math.sqrt(square) * c + e);
    }
  }

  @Override
  public void adamax(
      Tensor w,
      Tensor g,
      Tensor m,
      Tensor u,
      double scale,
      double decay,
      double beta1,
      double beta2,
      double along,
      double epsilon,
      double keep) {
    float[] ws = w.floats();
    float[] gs = like(w, g);
    float[] ms = like(w, m);
    float[] us = like(w, u);
    float a = (float) scale;
    float d = (float) decay;
    float b1 = (float) beta1;
    float b2 = (float) beta2;
    float c1 = (float) (1 - beta1);
    float r = (float) along;
    float e = (float) epsilon;
    float k = (float) keep;
    for (int i = w.offset(), end = i + w.count(); i < end; i++) {
      float gradient = a * gs[i] + d * ws[i];
      float mean = b1 * ms[i] + c1 * gradient;
      float most = Math.max(b2 * us[i], Math.abs(gradient) + e);
      ms[i] = mean;
      us[i] = most;
      ws[i] = k * ws[i] - r * mean / most;
    }
  }

  @Override
  public void lion(
      Tensor w,
      Tensor g,
      Tensor m,
      double scale,
      double decay,
      double beta1,
      double beta2,
      double rate,
      double keep) {
    float[] ws = w.floats();
    float[] gs = like(w, g);
    float[] ms = like(w, m);
    float a = (float) scale;
    float d = (float) decay;
    float b1 = (float) beta1;
    float b2 = (float) beta2;
    float c1 = (float) (1 - beta1);
    float c2 = (float) (1 - beta2);
    float r = (float) rate;
    float k = (float) keep;
    for (int i = w.offset(), end = i + w.count(); i < end; i++) {
      float gradient = a * gs[i] + d * ws[i];
      float sign = Math.max(-1f, Math.min(1f, SIGN * (b1 * ms[i] + c1 * gradient)));
      ms[i] = b2 * ms[i] + c2 * gradient;
      ws[i] = k * ws[i] - r * sign;
    }
  }

  @Override
  public void lambDirection(
      Tensor w,
      Tensor g,
      Tensor m,
      Tensor v,
      double scale,
      double decay,
      double beta1,
      double beta2,
      double meanFactor,
      double correction,
      double epsilon) {
    float[] ws = w.floats();
    float[] gs = like(w, g);
    float[] ms = like(w, m);
    float[] vs = like(w, v);
    float a = (float) scale;
    float d = (float) decay;
    float b1 = (float) beta1;
    float b2 = (float) beta2;
    float c1 = (float) (1 - beta1);
    float c2 = (float) (1 - beta2);
    float f = (float) meanFactor;
    float c = (float) correction;
    float e = (float) epsilon;
    for (int i = w.offset(), end = i + w.count(); i < end; i++) {
      float gradient = a * gs[i];
      float mean = b1 * ms[i] + c1 * gradient;
      float square = b2 * vs[i] + c2 * gradient * gradient;
      ms[i] = mean;
      vs[i] = square;
      gs[i] = f * mean / ((float) Math.sqrt(square) * c + e) + d * ws[i];
    }
  }

  @Override
  public void clamp(Tensor g, double bound) {
    float[] gs = g.floats();
    float most = (float) bound;
    float least = -most;
    for (int i = g.offset(), end = i + g.count(); i < end; i++) {
      gs[i] = Math.max(least, Math.min(most, gs[i]));
    }
  }

  @Override
  public void addSign(double alpha, Tensor w, Tensor g) {
    float[] ws = w.floats();
    float[] gs = like(w, g);
    float a = (float) alpha;
    for (int i = w.offset(), end = i + w.count(); i < end; i++) {
      gs[i] += a * Math.max(-1f, Math.min(1f, SIGN * ws[i]));
    }
  }

  @Override
  public void average(Tensor w, Tensor e, double decay) {
    float[] ws = w.floats();
    float[] es = like(w, e);
    float old = (float) decay;
    float fresh = (float) (1 - decay);
    for (int i = w.offset(), end = i + w.count(); i < end; i++) {
      es[i] = old * es[i] + fresh * ws[i];
    }
  }

  @Override
  public void swap(Tensor x, Tensor y) {
    float[] xs = x.floats();
    float[] ys = like(x, y);
    for (int i = x.offset(), end = i + x.count(); i < end; i++) {
      float was = xs[i];
      xs[i] = ys[i];
      ys[i] = was;
    }
  }

  /** The array of a tensor that must lie as w does. */
  private static float[] like(Tensor w, Tensor other) {
    if (other.offset() != w.offset() || other.count() != w.count()) {
      throw new IllegalArgumentException(
          "update: "
              + other
              + " at offset "
              + other.offset()
              + " came but it must lie as the parameters do, "
              + w
              + " at offset "
              + w.offset()
              + "; give slices of flat arrays");
    }
    return other.floats();
  }
}
