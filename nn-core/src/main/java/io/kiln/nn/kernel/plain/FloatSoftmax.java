package io.kiln.nn.kernel.plain;

import io.kiln.nn.kernel.Softmax;
import io.kiln.nn.tensor.Tensor;

/** Softmax in float32; the sums over rows are in double. */
@SuppressWarnings("cast") // the casts are needed in one of the two widths only
final class FloatSoftmax implements Softmax {
  /** Rows are taken in groups of about this many numbers, so that they stay in the cache. */
  private static final int GROUP = 4096;

  private static final ThreadLocal<float[]> BLOCK =
      ThreadLocal.withInitial(() -> new float[Exponentials.BLOCK]);

  @Override
  public void softmax(Tensor x, int rows, int classes, Tensor p) {
    float[] ps = p.floats();
    int group = Math.max(1, GROUP / Math.max(1, classes));
    for (int first = 0; first < rows; first += group) {
      int end = Math.min(rows, first + group);
      for (int row = first; row < end; row++) {
        shift(x, row, classes, p);
      }
      int to = p.offset() + first * classes;
      Exponentials.exp(ps, to, ps, to, (end - first) * classes);
      for (int row = first; row < end; row++) {
        normalize(p, row, classes);
      }
    }
  }

  @Override
  public void softmaxBackward(Tensor p, Tensor dp, int rows, int classes, Tensor dx) {
    float[] ps = p.floats();
    float[] dps = dp.floats();
    float[] dxs = dx.floats();
    for (int row = 0; row < rows; row++) {
      int at = p.offset() + row * classes;
      int by = dp.offset() + row * classes;
      int to = dx.offset() + row * classes;
      double dot = 0;
      for (int j = 0; j < classes; j++) {
        dot += (double) ps[at + j] * dps[by + j];
      }
      float mean = (float) dot;
      for (int j = 0; j < classes; j++) {
        dxs[to + j] = ps[at + j] * (dps[by + j] - mean);
      }
    }
  }

  @Override
  public void logSoftmax(Tensor x, int rows, int classes, Tensor y) {
    float[] xs = x.floats();
    float[] ys = y.floats();
    for (int row = 0; row < rows; row++) {
      int at = x.offset() + row * classes;
      int to = y.offset() + row * classes;
      float max = Float.NEGATIVE_INFINITY;
      for (int j = 0; j < classes; j++) {
        max = Math.max(max, xs[at + j]);
      }
      double logSum = max + Math.log(sumOfPowers(xs, at, max, classes));
      for (int j = 0; j < classes; j++) {
        ys[to + j] = (float) (xs[at + j] - logSum);
      }
    }
  }

  @Override
  public void logSoftmaxBackward(Tensor y, Tensor dy, int rows, int classes, Tensor dx) {
    float[] ys = y.floats();
    float[] dys = dy.floats();
    float[] dxs = dx.floats();
    for (int row = 0; row < rows; row++) {
      int at = y.offset() + row * classes;
      int by = dy.offset() + row * classes;
      int to = dx.offset() + row * classes;
      double sum = 0;
      for (int j = 0; j < classes; j++) {
        sum += dys[by + j];
      }
      float total = (float) sum;
      float[] block = BLOCK.get();
      for (int done = 0; done < classes; done += block.length) {
        int count = Math.min(block.length, classes - done);
        Exponentials.exp(ys, at + done, block, 0, count);
        for (int j = 0; j < count; j++) {
          dxs[to + done + j] = dys[by + done + j] - block[j] * total;
        }
      }
    }
  }

  /** Σ exp(x − max). */
  private static double sumOfPowers(float[] xs, int at, float max, int n) {
    float[] block = BLOCK.get();
    double sum = 0;
    for (int done = 0; done < n; done += block.length) {
      int count = Math.min(block.length, n - done);
      System.arraycopy(xs, at + done, block, 0, count);
      for (int j = 0; j < count; j++) {
        block[j] -= max;
      }
      Exponentials.exp(block, 0, block, 0, count);
      for (int j = 0; j < count; j++) {
        sum += block[j];
      }
    }
    return sum;
  }

  @Override
  public double crossEntropy(Tensor x, Tensor target, int rows, int classes, Tensor p) {
    float[] xs = x.floats();
    float[] ps = p.floats();
    int group = Math.max(1, GROUP / Math.max(1, classes));
    double loss = 0;
    for (int first = 0; first < rows; first += group) {
      int end = Math.min(rows, first + group);
      for (int row = first; row < end; row++) {
        int label = label(target, row, classes);
        double score = label < 0 ? 0 : xs[x.offset() + row * classes + label];
        double max = shift(x, row, classes, p);
        loss += label < 0 ? 0 : max - score;
      }
      int to = p.offset() + first * classes;
      Exponentials.exp(ps, to, ps, to, (end - first) * classes);
      for (int row = first; row < end; row++) {
        double sum = normalize(p, row, classes);
        loss += label(target, row, classes) < 0 ? 0 : Math.log(sum);
      }
    }
    return loss;
  }

  @Override
  public void crossEntropyBackward(
      Tensor p, Tensor target, int rows, int classes, double scale, Tensor dx) {
    float[] ps = p.floats();
    float[] dxs = dx.floats();
    for (int row = 0; row < rows; row++) {
      int label = label(target, row, classes);
      int at = p.offset() + row * classes;
      int to = dx.offset() + row * classes;
      float factor = label < 0 ? 0 : (float) scale;
      if (at == to) {
        for (int i = to; i < to + classes; i++) {
          dxs[i] = factor * ps[i];
        }
      } else {
        for (int j = 0; j < classes; j++) {
          dxs[to + j] = factor * ps[at + j];
        }
      }
      if (label >= 0) {
        dxs[to + label] -= factor;
      }
    }
  }

  static int label(Tensor target, int row, int classes) {
    int label = (int) target.floats()[target.offset() + row];
    if (label >= classes) {
      throw new IllegalArgumentException(Softmax.beyond(label, row, classes));
    }
    return label;
  }

  @Override
  public double softCrossEntropy(Tensor x, Tensor q, int rows, int classes, Tensor p) {
    float[] xs = x.floats();
    float[] qs = q.floats();
    double loss = 0;
    for (int row = 0; row < rows; row++) {
      int at = x.offset() + row * classes;
      int by = q.offset() + row * classes;
      double logSum = softmaxRow(x, row, classes, p);
      for (int j = 0; j < classes; j++) {
        loss += qs[by + j] == 0 ? 0 : qs[by + j] * (logSum - xs[at + j]);
      }
    }
    return loss;
  }

  @Override
  public void softCrossEntropyBackward(
      Tensor p, Tensor q, int rows, int classes, double scale, Tensor dx) {
    float[] ps = p.floats();
    float[] qs = q.floats();
    float[] dxs = dx.floats();
    float factor = (float) scale;
    for (int row = 0; row < rows; row++) {
      int at = p.offset() + row * classes;
      int by = q.offset() + row * classes;
      int to = dx.offset() + row * classes;
      double total = 0;
      for (int j = 0; j < classes; j++) {
        total += qs[by + j];
      }
      float all = (float) total;
      for (int j = 0; j < classes; j++) {
        dxs[to + j] = factor * (ps[at + j] * all - qs[by + j]);
      }
    }
  }

  /** Writes the softmax of one row and returns log Σ exp(x). */
  static double softmaxRow(Tensor x, int row, int classes, Tensor p) {
    float max = shift(x, row, classes, p);
    int to = p.offset() + row * classes;
    Exponentials.exp(p.floats(), to, p.floats(), to, classes);
    return max + Math.log(normalize(p, row, classes));
  }

  /** Writes x − max of one row and returns the maximum. */
  private static float shift(Tensor x, int row, int classes, Tensor p) {
    float[] xs = x.floats();
    float[] ps = p.floats();
    int at = x.offset() + row * classes;
    int to = p.offset() + row * classes;
    float max = Float.NEGATIVE_INFINITY;
    for (int i = at; i < at + classes; i++) {
      max = xs[i] > max ? xs[i] : max;
    }
    System.arraycopy(xs, at, ps, to, classes);
    for (int i = to; i < to + classes; i++) {
      ps[i] -= max;
    }
    return max;
  }

  /** Divides one row by its sum and returns the sum. */
  private static double normalize(Tensor p, int row, int classes) {
    float[] ps = p.floats();
    int to = p.offset() + row * classes;
    int end = to + classes;
    double a = 0;
    double b = 0;
    double c = 0;
    double d = 0;
    int i = to;
    for (; i < end - 3; i += 4) {
      a += ps[i];
      b += ps[i + 1];
      c += ps[i + 2];
      d += ps[i + 3];
    }
    for (; i < end; i++) {
      a += ps[i];
    }
    double sum = (a + b) + (c + d);
    float inverse = (float) (1 / sum);
    for (int j = to; j < end; j++) {
      ps[j] *= inverse;
    }
    return sum;
  }
}
