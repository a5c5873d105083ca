package io.kiln.nn.kernel.plain;

import io.kiln.nn.kernel.Pooling;
import io.kiln.nn.kernel.Window;
import io.kiln.nn.tensor.Tensor;

/** Pooling in float32. */
@SuppressWarnings("cast") // the casts are needed in one of the two widths only
final class FloatPooling implements Pooling {
  @Override
  public void maximum(
      Tensor x, int planes, Window window, boolean rectified, Tensor y, Tensor places) {
    boolean halves =
        window.kernelH() == 2
            && window.kernelW() == 2
            && window.strideH() == 2
            && window.strideW() == 2
            && window.padTop() == 0
            && window.padLeft() == 0
            && window.dilationH() == 1
            && window.dilationW() == 1
            && 2 * window.outH() <= window.inH()
            && 2 * window.outW() <= window.inW();
    float least = rectified ? 0 : Float.NEGATIVE_INFINITY;
    for (int p = 0; p < planes; p++) {
      int from = x.offset() + p * window.inCount();
      int to = p * window.outCount();
      if (halves) {
        halve(x.floats(), from, window, least, y, places, to);
      } else {
        largest(x.floats(), from, window, least, y, places, to);
      }
    }
  }

  /** Windows of two by two that tile the plane. */
  private static void halve(
      float[] xs, int from, Window window, float least, Tensor y, Tensor places, int to) {
    float[] ys = y.floats();
    float[] ps = places.floats();
    int inW = window.inW();
    int outW = window.outW();
    int atY = y.offset() + to;
    int atPlace = places.offset() + to;
    for (int oy = 0; oy < window.outH(); oy++, atY += outW, atPlace += outW) {
      int row = 2 * oy * inW;
      for (int ox = 0; ox < outW; ox++) {
        int i = row + 2 * ox;
        float a = xs[from + i];
        float b = xs[from + i + 1];
        float c = xs[from + i + inW];
        float d = xs[from + i + inW + 1];
        int above = b > a ? i + 1 : i;
        float high = Math.max(a, b);
        int below = d > c ? i + inW + 1 : i + inW;
        float low = Math.max(c, d);
        ps[atPlace + ox] = low > high ? below : above;
        ys[atY + ox] = Math.max(Math.max(high, low), least);
      }
    }
  }

  private static void largest(
      float[] xs, int from, Window window, float least, Tensor y, Tensor places, int to) {
    int at = to;
    for (int oy = 0; oy < window.outH(); oy++) {
      int top = oy * window.strideH() - window.padTop();
      for (int ox = 0; ox < window.outW(); ox++, at++) {
        int left = ox * window.strideW() - window.padLeft();
        float most = Float.NEGATIVE_INFINITY;
        int place = -1;
        for (int r = 0; r < window.kernelH(); r++) {
          int iy = top + r * window.dilationH();
          for (int s = 0; s < window.kernelW() && iy >= 0 && iy < window.inH(); s++) {
            int ix = left + s * window.dilationW();
            if (ix >= 0 && ix < window.inW()) {
              int i = iy * window.inW() + ix;
              float value = xs[from + i];
              if (place < 0 || (!(value <= most) && !Float.isNaN(most))) {
                most = value;
                place = i;
              }
            }
          }
        }
        y.floats()[y.offset() + at] = Math.max(most, least);
        places.floats()[places.offset() + at] = place;
      }
    }
  }

  @Override
  public void maximumBackward(
      Tensor dy, Tensor y, Tensor places, int planes, Window window, boolean rectified, Tensor dx) {
    float[] dys = dy.floats();
    float[] ys = y.floats();
    float[] ps = places.floats();
    float[] dxs = dx.floats();
    int n = window.outCount();
    dx.fill(0);
    for (int p = 0; p < planes; p++) {
      int to = dx.offset() + p * window.inCount();
      int by = dy.offset() + p * n;
      int at = places.offset() + p * n;
      int mask = y.offset() + p * n;
      for (int q = 0; q < n; q++) {
        int place = (int) ps[at + q];
        if (place >= 0) {
          dxs[to + place] += rectified && !(ys[mask + q] > 0) ? 0 : dys[by + q];
        }
      }
    }
  }

  @Override
  public void mean(
      Tensor x,
      int planes,
      Window window,
      int padBottom,
      int padRight,
      boolean countsPadding,
      Tensor y) {
    if (window.dilationH() > 1 || window.dilationW() > 1) {
      FloatDilatedMeans.mean(x, planes, window, padBottom, padRight, countsPadding, y);
      return;
    }
    float[] xs = x.floats();
    float[] ys = y.floats();
    int at = y.offset();
    for (int p = 0; p < planes; p++) {
      int from = x.offset() + p * window.inCount();
      for (int oy = 0; oy < window.outH(); oy++) {
        int top = oy * window.strideH() - window.padTop();
        int bottom = Math.min(top + window.kernelH(), window.inH() + padBottom);
        for (int ox = 0; ox < window.outW(); ox++) {
          int left = ox * window.strideW() - window.padLeft();
          int right = Math.min(left + window.kernelW(), window.inW() + padRight);
          float sum = 0;
          int counted = 0;
          for (int iy = Math.max(0, top); iy < Math.min(bottom, window.inH()); iy++) {
            for (int ix = Math.max(0, left); ix < Math.min(right, window.inW()); ix++) {
              sum += xs[from + iy * window.inW() + ix];
              counted++;
            }
          }
          int count = countsPadding ? (bottom - top) * (right - left) : counted;
          ys[at++] = count == 0 ? 0 : sum / count;
        }
      }
    }
  }

  @Override
  public void meanBackward(
      Tensor dy,
      int planes,
      Window window,
      int padBottom,
      int padRight,
      boolean countsPadding,
      Tensor dx) {
    if (window.dilationH() > 1 || window.dilationW() > 1) {
      FloatDilatedMeans.backward(dy, planes, window, padBottom, padRight, countsPadding, dx);
      return;
    }
    float[] dys = dy.floats();
    float[] dxs = dx.floats();
    dx.fill(0);
    int at = dy.offset();
    for (int p = 0; p < planes; p++) {
      int to = dx.offset() + p * window.inCount();
      for (int oy = 0; oy < window.outH(); oy++) {
        int top = oy * window.strideH() - window.padTop();
        int bottom = Math.min(top + window.kernelH(), window.inH() + padBottom);
        int yFrom = Math.max(0, top);
        int yTo = Math.min(bottom, window.inH());
        for (int ox = 0; ox < window.outW(); ox++) {
          int left = ox * window.strideW() - window.padLeft();
          int right = Math.min(left + window.kernelW(), window.inW() + padRight);
          int xFrom = Math.max(0, left);
          int xTo = Math.min(right, window.inW());
          int counted = Math.max(0, yTo - yFrom) * Math.max(0, xTo - xFrom);
          int count = countsPadding ? (bottom - top) * (right - left) : counted;
          float part = count == 0 ? 0 : dys[at] / count;
          at++;
          for (int iy = yFrom; iy < yTo; iy++) {
            for (int ix = xFrom; ix < xTo; ix++) {
              dxs[to + iy * window.inW() + ix] += part;
            }
          }
        }
      }
    }
  }

  @Override
  public void adaptiveMean(Tensor x, int planes, int inH, int inW, int outH, int outW, Tensor y) {
    float[] xs = x.floats();
    float[] ys = y.floats();
    int at = y.offset();
    for (int p = 0; p < planes; p++) {
      int from = x.offset() + p * inH * inW;
      for (int oy = 0; oy < outH; oy++) {
        int top = first(oy, inH, outH);
        int bottom = end(oy, inH, outH);
        for (int ox = 0; ox < outW; ox++) {
          int left = first(ox, inW, outW);
          int right = end(ox, inW, outW);
          float sum = 0;
          for (int iy = top; iy < bottom; iy++) {
            for (int ix = left; ix < right; ix++) {
              sum += xs[from + iy * inW + ix];
            }
          }
          ys[at++] = sum / ((bottom - top) * (right - left));
        }
      }
    }
  }

  @Override
  public void adaptiveMeanBackward(
      Tensor dy, int planes, int inH, int inW, int outH, int outW, Tensor dx) {
    float[] dys = dy.floats();
    float[] dxs = dx.floats();
    dx.fill(0);
    int at = dy.offset();
    for (int p = 0; p < planes; p++) {
      int to = dx.offset() + p * inH * inW;
      for (int oy = 0; oy < outH; oy++) {
        int top = first(oy, inH, outH);
        int bottom = end(oy, inH, outH);
        for (int ox = 0; ox < outW; ox++) {
          int left = first(ox, inW, outW);
          int right = end(ox, inW, outW);
          float part = dys[at++] / ((bottom - top) * (right - left));
          for (int iy = top; iy < bottom; iy++) {
            for (int ix = left; ix < right; ix++) {
              dxs[to + iy * inW + ix] += part;
            }
          }
        }
      }
    }
  }

  private static int first(int i, int in, int out) {
    return (int) ((long) i * in / out);
  }

  private static int end(int i, int in, int out) {
    return (int) (((long) (i + 1) * in + out - 1) / out);
  }
}
