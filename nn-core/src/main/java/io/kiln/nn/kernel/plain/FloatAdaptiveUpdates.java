package io.kiln.nn.kernel.plain;

import io.kiln.nn.kernel.AdaptiveUpdates;
import io.kiln.nn.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/** The rarer steps in float32. */
@SuppressWarnings("cast") // the casts are needed in one of the two widths only
final class FloatAdaptiveUpdates implements AdaptiveUpdates {
  @Override
  public void amsGrad(
      Tensor w,
      Tensor g,
      Tensor m,
      Tensor v,
      Tensor u,
      Factors factors,
      double beta1,
      double beta2,
      double along,
      double correction,
      double epsilon) {
    float[] ws = w.floats();
    float[] gs = g.floats();
    float[] ms = m.floats();
    float[] vs = v.floats();
    float[] us = u.floats();
    float scale = (float) factors.scale();
    float decay = (float) factors.decay();
    float keep = (float) factors.keep();
    float b1 = (float) beta1;
    float f1 = (float) (1 - beta1);
    float b2 = (float) beta2;
    float f2 = (float) (1 - beta2);
    float rate = (float) along;
    float c = (float) correction;
    float e = (float) epsilon;
    int atW = w.offset();
    int atG = g.offset();
    int at = m.offset();
    int atV = v.offset();
    int atU = u.offset();
    for (int i = 0, count = w.count(); i < count; i++) {
      float old = ws[atW + i];
      float d = scale * gs[atG + i] + decay * old;
      float mean = b1 * ms[at + i] + f1 * d;
      float square = b2 * vs[atV + i] + f2 * d * d;
      float most = Math.max(us[atU + i], square);
      ms[at + i] = mean;
      vs[atV + i] = square;
      us[atU + i] = most;
      ws[atW + i] = keep * old - rate * mean / ((float) Math.sqrt(most) * c + e);
    }
  }

  @Override
  public void adadelta(
      Tensor w, Tensor g, Tensor s, Tensor q, Factors factors, double rate, double rho, double e) {
    float[] ws = w.floats();
    float[] gs = g.floats();
    float[] ss = s.floats();
    float[] qs = q.floats();
    float scale = (float) factors.scale();
    float decay = (float) factors.decay();
    float keep = (float) factors.keep();
    float old = (float) rho;
    float fresh = (float) (1 - rho);
    float epsilon = (float) e;
    float step = (float) rate;
    int atW = w.offset();
    int atG = g.offset();
    int atS = s.offset();
    int atQ = q.offset();
    for (int i = 0, count = w.count(); i < count; i++) {
      float weight = ws[atW + i];
      float d = scale * gs[atG + i] + decay * weight;
      float square = old * ss[atS + i] + fresh * d * d;
      float before = qs[atQ + i];
      float move = d * ((float) Math.sqrt(before + epsilon) / (float) Math.sqrt(square + epsilon));
      ss[atS + i] = square;
      qs[atQ + i] = old * before + fresh * move * move;
      ws[atW + i] = keep * weight - step * move;
    }
  }

  @Override
  public void ftrl(
      Tensor w,
      Tensor g,
      Tensor n,
      Tensor z,
      Factors factors,
      double rate,
      double power,
      double initial,
      double l1,
      double l2) {
    float[] ws = w.floats();
    float[] gs = g.floats();
    float[] ns = n.floats();
    float[] zs = z.floats();
    int atW = w.offset();
    int atG = g.offset();
    int atN = n.offset();
    int atZ = z.offset();
    for (int i = 0, count = w.count(); i < count; i++) {
      double weight = ws[atW + i];
      double d = factors.scale() * gs[atG + i] + factors.decay() * weight;
      double before = initial + ns[atN + i];
      double after = before + d * d;
      double high = Math.pow(after, power);
      double linear = zs[atZ + i] + d - (high - Math.pow(before, power)) / rate * weight;
      ns[atN + i] = (float) (after - initial);
      zs[atZ + i] = (float) linear;
      double far = Math.abs(linear) - l1;
      double moved = far > 0 ? -Math.signum(linear) * far / (high / rate + 2 * l2) : 0;
      ws[atW + i] = (float) (factors.keep() * moved);
    }
  }

  @Override
  public void rmsPropInside(
      Tensor w,
      Tensor g,
      Tensor s,
      @Nullable Tensor m,
      @Nullable Tensor v,
      Factors factors,
      double rate,
      double alpha,
      double momentum,
      double epsilon) {
    float[] ws = w.floats();
    float[] gs = g.floats();
    float[] ss = s.floats();
    int atW = w.offset();
    int atG = g.offset();
    int atS = s.offset();
    float scale = (float) factors.scale();
    float decay = (float) factors.decay();
    float keep = (float) factors.keep();
    float old = (float) alpha;
    float fresh = (float) (1 - alpha);
    float e = (float) epsilon;
    float step = (float) rate;
    for (int i = 0, count = w.count(); i < count; i++) {
      float weight = ws[atW + i];
      float d = scale * gs[atG + i] + decay * weight;
      float square = old * ss[atS + i] + fresh * d * d;
      ss[atS + i] = square;
      float spread = square;
      if (m != null) {
        float mean = old * m.floats()[m.offset() + i] + fresh * d;
        m.floats()[m.offset() + i] = mean;
        spread = square - mean * mean;
      }
      float move = step * d / (float) Math.sqrt(spread + e);
      if (v != null) {
        move += (float) momentum * v.floats()[v.offset() + i];
        v.floats()[v.offset() + i] = move;
      }
      ws[atW + i] = keep * weight - move;
    }
  }
}
