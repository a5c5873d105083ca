package io.kiln.nn.kernel;

import io.kiln.nn.tensor.Tensor;

/** Softmax in float32; the row sums are in double. */
@SuppressWarnings("cast") // the casts are needed in one of the two widths only
final class FloatSoftmax implements Softmax {
  @Override
  public void softmax(Tensor x, int rows, int classes, Tensor p) {
    for (int row = 0; row < rows; row++) {
      softmaxRow(x, row, classes, p);
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
      double sum = 0;
      for (int j = 0; j < classes; j++) {
        sum += Math.exp((double) xs[at + j] - max);
      }
      double logSum = max + Math.log(sum);
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
      for (int j = 0; j < classes; j++) {
        dxs[to + j] = (float) (dys[by + j] - Math.exp((double) ys[at + j]) * sum);
      }
    }
  }

  @Override
  public double crossEntropy(Tensor x, Tensor target, int rows, int classes, Tensor p) {
    float[] xs = x.floats();
    double loss = 0;
    for (int row = 0; row < rows; row++) {
      int label = label(target, row, classes);
      double score = label < 0 ? 0 : xs[x.offset() + row * classes + label];
      double logSum = softmaxRow(x, row, classes, p);
      loss += label < 0 ? 0 : logSum - score;
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
      for (int j = 0; j < classes; j++) {
        dxs[to + j] = factor * ps[at + j];
      }
      if (label >= 0) {
        dxs[to + label] -= factor;
      }
    }
  }

  static int label(Tensor target, int row, int classes) {
    int label = (int) target.floats()[target.offset() + row];
    if (label >= classes) {
      throw new IllegalArgumentException(
          "cross-entropy: target "
              + label
              + " in row "
              + row
              + " but there are "
              + classes
              + " classes; targets are 0 to "
              + (classes - 1));
    }
    return label;
  }

  /** Writes the softmax of one row and returns log Σ exp(x). */
  static double softmaxRow(Tensor x, int row, int classes, Tensor p) {
    float[] xs = x.floats();
    float[] ps = p.floats();
    int at = x.offset() + row * classes;
    int to = p.offset() + row * classes;
    float max = Float.NEGATIVE_INFINITY;
    for (int j = 0; j < classes; j++) {
      max = Math.max(max, xs[at + j]);
    }
    double sum = 0;
    for (int j = 0; j < classes; j++) {
      double e = Math.exp((double) xs[at + j] - max);
      ps[to + j] = (float) e;
      sum += e;
    }
    float inverse = (float) (1 / sum);
    for (int j = 0; j < classes; j++) {
      ps[to + j] *= inverse;
    }
    return max + Math.log(sum);
  }
}
