package io.kiln.nn.kernel.vector;

import io.kiln.nn.kernel.PixelMeans;
import io.kiln.nn.kernel.Window;
import io.kiln.nn.tensor.Tensor;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** Means of windows of pixels with the Vector API: a vector of channels at a time. */
@SuppressWarnings("cast") // the casts are needed in one of the two widths only
final class FloatPixelMeans implements PixelMeans {
  private static final VectorSpecies<Float> SPECIES = FloatTiles.SPECIES;
  private static final int LANES = FloatTiles.LANES;

  @Override
  public void mean(
      Tensor x,
      int n,
      int width,
      Window window,
      int padBottom,
      int padRight,
      boolean countsPadding,
      Tensor y) {
    int row = window.inW() * width;
    int to = y.offset();
    for (int i = 0; i < n; i++) {
      int image = x.offset() + i * window.inH() * row;
      for (int oy = 0; oy < window.outH(); oy++) {
        int top = oy * window.strideH() - window.padTop();
        int bottom = Math.min(top + window.kernelH(), window.inH() + padBottom);
        int first = Math.max(0, top);
        int rows = Math.max(0, Math.min(bottom, window.inH()) - first);
        for (int ox = 0; ox < window.outW(); ox++, to += width) {
          int left = ox * window.strideW() - window.padLeft();
          int right = Math.min(left + window.kernelW(), window.inW() + padRight);
          int from = Math.max(0, left);
          int columns = Math.max(0, Math.min(right, window.inW()) - from);
          int count = countsPadding ? (bottom - top) * (right - left) : rows * columns;
          int at = image + first * row + from * width;
          mean(x.floats(), at, rows, row, columns, width, factor(count), y.floats(), to);
        }
      }
    }
  }

  private static float factor(int count) {
    return count == 0 ? 0 : (float) (1.0 / count);
  }

  /** Pixel by pixel, with the sum so far in memory. */
  private static void mean(
      float[] x,
      int at,
      int rows,
      int row,
      int columns,
      int width,
      float factor,
      float[] y,
      int to) {
    if (rows == 0 || columns == 0) {
      Arrays.fill(y, to, to + width, 0);
      return;
    }
    System.arraycopy(x, at, y, to, width);
    for (int p = 1; p < rows * columns; p++) {
      addScaled(x, at + p / columns * row + p % columns * width, 1, y, to, width);
    }
    if (factor != 1) {
      scale(y, to, width, factor);
    }
  }

  private static void scale(float[] y, int at, int width, float factor) {
    for (int c = 0; c < width; c += LANES) {
      FloatVector.fromArray(SPECIES, y, at + c).mul(factor).intoArray(y, at + c);
    }
  }

  /** y += factor·x for a pixel. */
  private static void addScaled(float[] x, int at, float factor, float[] y, int to, int width) {
    FloatVector f = FloatVector.broadcast(SPECIES, factor);
    for (int c = 0; c < width; c += LANES) {
      FloatVector.fromArray(SPECIES, x, at + c)
          .fma(f, FloatVector.fromArray(SPECIES, y, to + c))
          .intoArray(y, to + c);
    }
  }

  @Override
  public void meanBackward(
      Tensor dy,
      int n,
      int width,
      Window window,
      int padBottom,
      int padRight,
      boolean countsPadding,
      Tensor dx) {
    dx.fill(0);
    int row = window.inW() * width;
    int by = dy.offset();
    for (int i = 0; i < n; i++) {
      int image = dx.offset() + i * window.inH() * row;
      for (int oy = 0; oy < window.outH(); oy++) {
        int top = oy * window.strideH() - window.padTop();
        int bottom = Math.min(top + window.kernelH(), window.inH() + padBottom);
        int first = Math.max(0, top);
        int rows = Math.max(0, Math.min(bottom, window.inH()) - first);
        for (int ox = 0; ox < window.outW(); ox++, by += width) {
          int left = ox * window.strideW() - window.padLeft();
          int right = Math.min(left + window.kernelW(), window.inW() + padRight);
          int from = Math.max(0, left);
          int columns = Math.max(0, Math.min(right, window.inW()) - from);
          int count = countsPadding ? (bottom - top) * (right - left) : rows * columns;
          int to = image + first * row + from * width;
          give(dy.floats(), by, factor(count), rows, row, columns, width, dx.floats(), to);
        }
      }
    }
  }

  private static void give(
      float[] dy,
      int at,
      float factor,
      int rows,
      int row,
      int columns,
      int width,
      float[] dx,
      int to) {
    for (int p = 0; p < rows * columns; p++) {
      addScaled(dy, at, factor, dx, to + p / columns * row + p % columns * width, width);
    }
  }

  @Override
  public void sum(Tensor x, int n, int pixels, int width, double factor, Tensor y) {
    for (int i = 0; i < n; i++) {
      for (int c = 0; c < width; c += LANES) {
        sumPixels(
            x.floats(),
            x.offset() + i * pixels * width + c,
            pixels,
            width,
            (float) factor,
            y.floats(),
            y.offset() + i * width + c);
      }
    }
  }

  private static void sumPixels(
      float[] x, int at, int pixels, int width, float factor, float[] y, int to) {
    FloatVector sum = FloatVector.zero(SPECIES);
    for (int q = 0, from = at; q < pixels; q++, from += width) {
      sum = sum.add(FloatVector.fromArray(SPECIES, x, from));
    }
    sum.mul(factor).intoArray(y, to);
  }

  @Override
  public void sumBackward(Tensor dy, int n, int pixels, int width, double factor, Tensor dx) {
    for (int i = 0; i < n; i++) {
      for (int c = 0; c < width; c += LANES) {
        repeat(
            dy.floats(),
            dy.offset() + i * width + c,
            (float) factor,
            dx.floats(),
            dx.offset() + i * pixels * width + c,
            pixels,
            width);
      }
    }
  }

  private static void repeat(
      float[] dy, int at, float factor, float[] dx, int to, int pixels, int width) {
    FloatVector part = FloatVector.fromArray(SPECIES, dy, at).mul(factor);
    for (int q = 0, out = to; q < pixels; q++, out += width) {
      part.intoArray(dx, out);
    }
  }
}
