package io.kiln.nn.kernel.plain;

import io.kiln.nn.kernel.Window;
import io.kiln.nn.tensor.Tensor;

/** Means of windows whose elements lie apart, in float32. */
@SuppressWarnings("cast") // the casts are needed in one of the two widths only
final class FloatDilatedMeans {
  private FloatDilatedMeans() {}

  /** y = the mean of each window; divided by the elements in the plane, or in its padding too. */
  static void mean(
      Tensor x, int planes, Window window, int padBottom, int padRight, boolean all, Tensor y) {
    float[] xs = x.floats();
    int at = y.offset();
    for (int p = 0; p < planes; p++) {
      int from = x.offset() + p * window.inCount();
      for (int q = 0; q < window.outCount(); q++) {
        int top = q / window.outW() * window.strideH() - window.padTop();
        int left = q % window.outW() * window.strideW() - window.padLeft();
        float sum = 0;
        for (int r = 0; r < window.kernelH(); r++) {
          int iy = top + r * window.dilationH();
          for (int s = 0; s < window.kernelW() && iy >= 0 && iy < window.inH(); s++) {
            int ix = left + s * window.dilationW();
            sum += ix >= 0 && ix < window.inW() ? xs[from + iy * window.inW() + ix] : 0;
          }
        }
        int count = count(window, top, left, padBottom, padRight, all);
        y.floats()[at++] = count == 0 ? 0 : sum / count;
      }
    }
  }

  /** dx += dy / count for each element of each window. */
  static void backward(
      Tensor dy, int planes, Window window, int padBottom, int padRight, boolean all, Tensor dx) {
    float[] dxs = dx.floats();
    dx.fill(0);
    int at = dy.offset();
    for (int p = 0; p < planes; p++) {
      int to = dx.offset() + p * window.inCount();
      for (int q = 0; q < window.outCount(); q++) {
        int top = q / window.outW() * window.strideH() - window.padTop();
        int left = q % window.outW() * window.strideW() - window.padLeft();
        int count = count(window, top, left, padBottom, padRight, all);
        float part = count == 0 ? 0 : dy.floats()[at] / count;
        at++;
        for (int r = 0; r < window.kernelH(); r++) {
          int iy = top + r * window.dilationH();
          for (int s = 0; s < window.kernelW() && iy >= 0 && iy < window.inH(); s++) {
            int ix = left + s * window.dilationW();
            if (ix >= 0 && ix < window.inW()) {
              dxs[to + iy * window.inW() + ix] += part;
            }
          }
        }
      }
    }
  }

  private static int count(
      Window window, int top, int left, int padBottom, int padRight, boolean all) {
    int rows = 0;
    int columns = 0;
    for (int r = 0; r < window.kernelH(); r++) {
      int iy = top + r * window.dilationH();
      rows += all ? (iy < window.inH() + padBottom ? 1 : 0) : iy >= 0 && iy < window.inH() ? 1 : 0;
    }
    for (int s = 0; s < window.kernelW(); s++) {
      int ix = left + s * window.dilationW();
      columns +=
          all ? (ix < window.inW() + padRight ? 1 : 0) : ix >= 0 && ix < window.inW() ? 1 : 0;
    }
    return rows * columns;
  }
}
