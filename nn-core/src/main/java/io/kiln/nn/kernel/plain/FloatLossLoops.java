package io.kiln.nn.kernel.plain;

import io.kiln.nn.kernel.Deviation;
import io.kiln.nn.kernel.LossLoops;
import io.kiln.nn.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/** The losses in float32; sums and exponentials are in double. */
@SuppressWarnings("cast") // the casts are needed in one of the two widths only
final class FloatLossLoops implements LossLoops {
  @Override
  public double deviation(Deviation f, double a, Tensor x, Tensor t) {
    float[] xs = x.floats();
    float[] ts = t.floats();
    int at = x.offset();
    int by = t.offset();
    int n = x.count();
    double sum = 0;
    switch (f) {
      case SQUARE -> {
        for (int i = 0; i < n; i++) {
          double d = (double) xs[at + i] - ts[by + i];
          sum += d * d;
        }
      }
      case ABSOLUTE -> {
        for (int i = 0; i < n; i++) {
          sum += Math.abs((double) xs[at + i] - ts[by + i]);
        }
      }
      case HUBER -> {
        for (int i = 0; i < n; i++) {
          double d = Math.abs((double) xs[at + i] - ts[by + i]);
          sum += d <= a ? 0.5 * d * d : a * (d - 0.5 * a);
        }
      }
      case LOGISTIC -> {
        for (int i = 0; i < n; i++) {
          double v = xs[at + i];
          double target = ts[by + i];
          double tail = Math.log1p(Math.exp(-Math.abs(v)));
          sum += (1 - target) * (Math.max(v, 0) + tail) + a * target * (Math.max(-v, 0) + tail);
        }
      }
      case HINGE -> {
        for (int i = 0; i < n; i++) {
          double v = xs[at + i];
          sum += Math.max(0, a - (ts[by + i] > 0 ? v : -v));
        }
      }
    }
    return sum;
  }

  @Override
  public void deviationBackward(
      Deviation f, double a, Tensor x, Tensor t, double scale, Tensor dx) {
    float[] xs = x.floats();
    float[] ts = t.floats();
    float[] dxs = dx.floats();
    int at = x.offset();
    int by = t.offset();
    int to = dx.offset();
    int n = x.count();
    float factor = (float) scale;
    float bound = (float) a;
    switch (f) {
      case SQUARE -> {
        float twice = 2 * factor;
        for (int i = 0; i < n; i++) {
          dxs[to + i] = twice * (xs[at + i] - ts[by + i]);
        }
      }
      case ABSOLUTE -> {
        for (int i = 0; i < n; i++) {
          dxs[to + i] = factor * Math.signum(xs[at + i] - ts[by + i]);
        }
      }
      case HUBER -> {
        for (int i = 0; i < n; i++) {
          float d = xs[at + i] - ts[by + i];
          dxs[to + i] = factor * Math.max(-bound, Math.min(bound, d));
        }
      }
      case LOGISTIC -> {
        for (int i = 0; i < n; i++) {
          double target = ts[by + i];
          double v = xs[at + i];
          double tail = Math.exp(-Math.abs(v));
          double above = (v > 0 ? 1 : tail) / (1 + tail);
          double below = (v > 0 ? tail : 1) / (1 + tail);
          dxs[to + i] = (float) (scale * ((1 - target) * above - a * target * below));
        }
      }
      case HINGE -> {
        for (int i = 0; i < n; i++) {
          float sign = ts[by + i] > 0 ? 1 : -1;
          dxs[to + i] = bound - sign * xs[at + i] > 0 ? -factor * sign : 0;
        }
      }
    }
  }

  @Override
  public void softTargets(
      Tensor target, @Nullable Tensor weights, double smoothing, int rows, int classes, Tensor q) {
    float[] ts = target.floats();
    float[] qs = q.floats();
    boolean isIndex = target.count() == rows && target.shape().rank() == 1;
    float floor = (float) (smoothing / classes);
    float share = (float) (1 - smoothing);
    for (int row = 0; row < rows; row++) {
      int to = q.offset() + row * classes;
      int label = isIndex ? FloatSoftmax.label(target, row, classes) : 0;
      for (int j = 0; j < classes; j++) {
        qs[to + j] = isIndex ? floor : floor + share * ts[target.offset() + row * classes + j];
      }
      if (isIndex && label >= 0) {
        qs[to + label] += share;
      }
      if (label < 0) {
        java.util.Arrays.fill(qs, to, to + classes, 0);
      } else if (weights != null) {
        float[] ws = weights.floats();
        for (int j = 0; j < classes; j++) {
          qs[to + j] *= ws[weights.offset() + j];
        }
      }
    }
  }

  @Override
  public double probabilityCrossEntropy(Tensor p, Tensor q, int rows, int classes, double floor) {
    float[] ps = p.floats();
    float[] qs = q.floats();
    double loss = 0;
    for (int i = 0, n = rows * classes; i < n; i++) {
      float one = ps[p.offset() + i];
      if (!(one >= 0 && one <= 1.001) && !Float.isNaN(one)) {
        throw new IllegalArgumentException(
            "cross-entropy: x is "
                + one
                + " in row "
                + i / classes
                + " but probabilities from 0 to 1 are needed; end the network with softmax, or use"
                + " softmax-cross-entropy, which takes scores");
      }
      float weight = qs[q.offset() + i];
      loss -= weight == 0 ? 0 : weight * Math.log(Math.max((double) one, floor));
    }
    return loss;
  }

  @Override
  public void probabilityCrossEntropyBackward(
      Tensor p, Tensor q, double floor, double scale, Tensor dp) {
    float[] ps = p.floats();
    float[] qs = q.floats();
    float[] dps = dp.floats();
    int at = p.offset();
    int by = q.offset();
    int to = dp.offset();
    float factor = (float) scale;
    float least = (float) floor;
    for (int i = 0, n = dp.count(); i < n; i++) {
      dps[to + i] = -factor * qs[by + i] / Math.max(ps[at + i], least);
    }
  }

  @Override
  public double multiclassHinge(Tensor x, Tensor target, int rows, int classes, double margin) {
    float[] xs = x.floats();
    double loss = 0;
    for (int row = 0; row < rows; row++) {
      int at = x.offset() + row * classes;
      int label = FloatSoftmax.label(target, row, classes);
      if (label >= 0) {
        double bound = margin - xs[at + label];
        for (int j = 0; j < classes; j++) {
          loss += j == label ? 0 : Math.max(0, xs[at + j] + bound);
        }
      }
    }
    return loss;
  }

  @Override
  public void multiclassHingeBackward(
      Tensor x, Tensor target, int rows, int classes, double margin, double scale, Tensor dx) {
    float[] xs = x.floats();
    float[] dxs = dx.floats();
    float factor = (float) scale;
    for (int row = 0; row < rows; row++) {
      int at = x.offset() + row * classes;
      int to = dx.offset() + row * classes;
      int label = FloatSoftmax.label(target, row, classes);
      double bound = label < 0 ? Double.NEGATIVE_INFINITY : margin - xs[at + label];
      int above = 0;
      for (int j = 0; j < classes; j++) {
        boolean counts = j != label && xs[at + j] + bound > 0;
        dxs[to + j] = counts ? factor : 0;
        above += counts ? 1 : 0;
      }
      if (label >= 0) {
        dxs[to + label] = -factor * above;
      }
    }
  }

  @Override
  public double totalVariation(Tensor x, int planes, int height, int width) {
    float[] xs = x.floats();
    double sum = 0;
    for (int row = 0, rows = planes * height; row < rows; row++) {
      int at = x.offset() + row * width;
      for (int j = 1; j < width; j++) {
        double d = (double) xs[at + j] - xs[at + j - 1];
        sum += d * d;
      }
      if (row % height != 0) {
        for (int j = 0; j < width; j++) {
          double d = (double) xs[at + j] - xs[at + j - width];
          sum += d * d;
        }
      }
    }
    return sum;
  }

  @Override
  public void totalVariationBackward(
      Tensor x, int planes, int height, int width, double scale, Tensor dx) {
    float[] xs = x.floats();
    float[] dxs = dx.floats();
    float twice = (float) (2 * scale);
    dx.fill(0);
    for (int row = 0, rows = planes * height; row < rows; row++) {
      int at = x.offset() + row * width;
      int to = dx.offset() + row * width;
      for (int j = 1; j < width; j++) {
        float d = twice * (xs[at + j] - xs[at + j - 1]);
        dxs[to + j] += d;
        dxs[to + j - 1] -= d;
      }
      if (row % height != 0) {
        for (int j = 0; j < width; j++) {
          float d = twice * (xs[at + j] - xs[at + j - width]);
          dxs[to + j] += d;
          dxs[to + j - width] -= d;
        }
      }
    }
  }
}
