package io.kiln.nn.kernel;

import io.kiln.nn.tensor.Tensor;

/** Optimizer steps in float32, written so that the compiler vectorises them. */
@SuppressWarnings("cast") // the casts are needed in one of the two widths only
final class FloatUpdates implements Updates {
  @Override
  public void sgd(Tensor w, Tensor g, double scale, double rate, double decay) {
    float[] ws = w.floats();
    float[] gs = g.floats();
    int at = w.offset();
    int by = g.offset();
    float a = (float) scale;
    float r = (float) rate;
    float d = (float) decay;
    if (at == by) {
      for (int i = at, end = at + w.count(); i < end; i++) {
        ws[i] -= r * (a * gs[i] + d * ws[i]);
      }
      return;
    }
    for (int i = 0, n = w.count(); i < n; i++) {
      ws[at + i] -= r * (a * gs[by + i] + d * ws[at + i]);
    }
  }

  @Override
  public void momentum(
      Tensor w,
      Tensor g,
      Tensor v,
      double scale,
      double rate,
      double decay,
      double momentum,
      double dampening,
      boolean nesterov) {
    float[] ws = w.floats();
    float[] gs = g.floats();
    float[] vs = v.floats();
    int at = w.offset();
    int by = g.offset();
    int to = v.offset();
    float a = (float) scale;
    float r = (float) rate;
    float d = (float) decay;
    float m = (float) momentum;
    float fresh = (float) (1 - dampening);
    if (nesterov) {
      for (int i = 0, n = w.count(); i < n; i++) {
        float gradient = a * gs[by + i] + d * ws[at + i];
        float velocity = m * vs[to + i] + fresh * gradient;
        vs[to + i] = velocity;
        ws[at + i] -= r * (gradient + m * velocity);
      }
      return;
    }
    if (at == by && at == to) { // the flat arrays of a fit; see the package
      for (int i = at, end = at + w.count(); i < end; i++) {
        float velocity = m * vs[i] + fresh * (a * gs[i] + d * ws[i]);
        vs[i] = velocity;
        ws[i] -= r * velocity;
      }
      return;
    }
    for (int i = 0, n = w.count(); i < n; i++) {
      float velocity = m * vs[to + i] + fresh * (a * gs[by + i] + d * ws[at + i]);
      vs[to + i] = velocity;
      ws[at + i] -= r * velocity;
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
      double step,
      double correction,
      double epsilon,
      double shrink) {
    float[] ws = w.floats();
    float[] gs = g.floats();
    float[] ms = m.floats();
    float[] vs = v.floats();
    int at = w.offset();
    int by = g.offset();
    int mAt = m.offset();
    int vAt = v.offset();
    float a = (float) scale;
    float d = (float) decay;
    float b1 = (float) beta1;
    float b2 = (float) beta2;
    float c1 = (float) (1 - beta1);
    float c2 = (float) (1 - beta2);
    float r = (float) step;
    float c = (float) correction;
    float e = (float) epsilon;
    float keep = (float) (1 - shrink);
    for (int i = 0, n = w.count(); i < n; i++) {
      float gradient = a * gs[by + i] + d * ws[at + i];
      float mean = b1 * ms[mAt + i] + c1 * gradient;
      float square = b2 * vs[vAt + i] + c2 * gradient * gradient;
      ms[mAt + i] = mean;
      vs[vAt + i] = square;
      ws[at + i] = ws[at + i] * keep - r * mean / ((float) Math.sqrt(square) * c + e);
    }
  }
}
