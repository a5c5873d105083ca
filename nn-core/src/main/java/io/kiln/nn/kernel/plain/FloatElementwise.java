package io.kiln.nn.kernel.plain;

import io.kiln.nn.kernel.Elementwise;
import io.kiln.nn.tensor.Tensor;

/** The loops in float32, written so that the compiler vectorises them. */
@SuppressWarnings("cast") // the casts are needed in one of the two widths only
final class FloatElementwise implements Elementwise {
  /** Rows of a transposition that stay in the first-level cache together. */
  private static final int TILE = 16;

  @Override
  public void add(Tensor x, Tensor y, Tensor out) {
    float[] xs = x.floats();
    float[] ys = y.floats();
    float[] outs = out.floats();
    int at = x.offset();
    int by = y.offset();
    int to = out.offset();
    int n = out.count();
    if (at == to && by == to) {
      for (int i = to; i < to + n; i++) {
        outs[i] = xs[i] + ys[i];
      }
      return;
    }
    for (int i = 0; i < n; i++) {
      outs[to + i] = xs[at + i] + ys[by + i];
    }
  }

  @Override
  public void accumulate(double alpha, Tensor x, Tensor y) {
    float[] xs = x.floats();
    float[] ys = y.floats();
    int at = x.offset();
    int to = y.offset();
    int n = y.count();
    float a = (float) alpha;
    if (at == to) {
      for (int i = to; i < to + n; i++) {
        ys[i] += a * xs[i];
      }
      return;
    }
    for (int i = 0; i < n; i++) {
      ys[to + i] += a * xs[at + i];
    }
  }

  @Override
  public void scale(double alpha, Tensor x, Tensor y) {
    float[] xs = x.floats();
    float[] ys = y.floats();
    int at = x.offset();
    int to = y.offset();
    int n = y.count();
    float a = (float) alpha;
    if (at == to) {
      for (int i = to; i < to + n; i++) {
        ys[i] = a * xs[i];
      }
      return;
    }
    for (int i = 0; i < n; i++) {
      ys[to + i] = a * xs[at + i];
    }
  }

  @Override
  public void repeatRow(Tensor b, int rows, Tensor y) {
    int columns = b.count();
    for (int row = 0; row < rows; row++) {
      System.arraycopy(b.floats(), b.offset(), y.floats(), y.offset() + row * columns, columns);
    }
  }

  @Override
  public void addRow(Tensor b, int rows, Tensor y) {
    float[] bs = b.floats();
    float[] ys = y.floats();
    int columns = b.count();
    int by = b.offset();
    for (int row = 0; row < rows; row++) {
      int at = y.offset() + row * columns;
      for (int j = 0; j < columns; j++) {
        ys[at + j] += bs[by + j];
      }
    }
  }

  @Override
  public void transpose(Tensor x, int rows, int columns, Tensor y) {
    float[] xs = x.floats();
    float[] ys = y.floats();
    for (int i0 = 0; i0 < rows; i0 += TILE) {
      int end = Math.min(rows, i0 + TILE);
      for (int j = 0; j < columns; j++) {
        int at = x.offset() + j;
        int to = y.offset() + j * rows;
        for (int i = i0; i < end; i++) {
          ys[to + i] = xs[at + i * columns];
        }
      }
    }
  }

  @Override
  public void sumRows(Tensor x, int rows, double beta, Tensor sum) {
    float[] xs = x.floats();
    float[] sums = sum.floats();
    int columns = sum.count();
    int to = sum.offset();
    if (beta == 0) {
      sum.fill(0);
    } else if (beta != 1) {
      scale(beta, sum, sum);
    }
    for (int row = 0; row < rows; row++) {
      int at = x.offset() + row * columns;
      for (int j = 0; j < columns; j++) {
        sums[to + j] += xs[at + j];
      }
    }
  }

  @Override
  public void relu(Tensor x, Tensor y) {
    float[] xs = x.floats();
    float[] ys = y.floats();
    int at = x.offset();
    int to = y.offset();
    int n = y.count();
    if (at == to) {
      for (int i = to; i < to + n; i++) {
        ys[i] = Math.max(xs[i], 0);
      }
      return;
    }
    for (int i = 0; i < n; i++) {
      ys[to + i] = Math.max(xs[at + i], 0);
    }
  }

  @Override
  public void reluBackward(Tensor y, Tensor dy, Tensor dx) {
    float[] ys = y.floats();
    float[] dys = dy.floats();
    float[] dxs = dx.floats();
    int at = y.offset();
    int by = dy.offset();
    int to = dx.offset();
    for (int i = 0, n = dx.count(); i < n; i++) {
      dxs[to + i] = ys[at + i] > 0 ? dys[by + i] : 0;
    }
  }

  @Override
  public double sum(Tensor x) {
    float[] xs = x.floats();
    double sum = 0;
    for (int i = x.offset(), end = i + x.count(); i < end; i++) {
      sum += xs[i];
    }
    return sum;
  }

  @Override
  public double sumOfSquares(Tensor x) {
    float[] xs = x.floats();
    double sum = 0;
    for (int i = x.offset(), end = i + x.count(); i < end; i++) {
      sum += (double) xs[i] * xs[i];
    }
    return sum;
  }
}
