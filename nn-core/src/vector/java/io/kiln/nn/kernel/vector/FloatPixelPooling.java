package io.kiln.nn.kernel.vector;

import io.kiln.nn.kernel.PixelPooling;
import io.kiln.nn.kernel.Window;
import io.kiln.nn.tensor.Tensor;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Pooling of pixels with the Vector API. Windows of two by two that tile the image are done in
 * registers; others element by element of the window, with the result so far in memory.
 */
@SuppressWarnings("cast") // the casts are needed in one of the two widths only
final class FloatPixelPooling implements PixelPooling {
  private static final VectorSpecies<Float> SPECIES = FloatTiles.SPECIES;
  private static final int LANES = FloatTiles.LANES;

  private static boolean halves(Window window) {
    return window.kernelH() == 2
        && window.kernelW() == 2
        && window.strideH() == 2
        && window.strideW() == 2
        && window.padTop() == 0
        && window.padLeft() == 0
        && window.dilationH() == 1
        && window.dilationW() == 1
        && 2 * window.outH() <= window.inH()
        && 2 * window.outW() <= window.inW();
  }

  @Override
  public void maximum(
      Tensor x, int n, int width, Window window, boolean rectified, Tensor y, Tensor places) {
    float least = rectified ? 0 : Float.NEGATIVE_INFINITY;
    boolean halves = halves(window);
    int row = window.inW() * width;
    for (int i = 0; i < n; i++) {
      int image = x.offset() + i * window.inH() * row;
      for (int oy = 0; oy < window.outH(); oy++) {
        int to = (i * window.outH() + oy) * window.outW() * width;
        if (halves) {
          halve(
              x.floats(),
              image + 2 * oy * row,
              row,
              window.outW(),
              width,
              least,
              y.floats(),
              y.offset() + to,
              places.floats(),
              places.offset() + to);
        } else {
          for (int ox = 0; ox < window.outW(); ox++) {
            int at = to + ox * width;
            largest(x.floats(), image, window, oy, ox, width, y, at, places, at);
            cut(y.floats(), y.offset() + at, width, least);
          }
        }
      }
    }
  }

  /** A row of windows of two by two. */
  private static void halve(
      float[] x,
      int at,
      int row,
      int outW,
      int width,
      float least,
      float[] y,
      int to,
      float[] places,
      int atPlace) {
    FloatVector lower = FloatVector.broadcast(SPECIES, least);
    FloatVector zero = FloatVector.zero(SPECIES);
    FloatVector two = FloatVector.broadcast(SPECIES, 2);
    for (int ox = 0; ox < outW; ox++) {
      int from = at + 2 * ox * width;
      for (int c = 0; c < width; c += LANES) {
        FloatVector x0 = FloatVector.fromArray(SPECIES, x, from + c);
        FloatVector x1 = FloatVector.fromArray(SPECIES, x, from + width + c);
        FloatVector x2 = FloatVector.fromArray(SPECIES, x, from + row + c);
        FloatVector x3 = FloatVector.fromArray(SPECIES, x, from + row + width + c);
        FloatVector above = zero.blend(1, x1.compare(VectorOperators.GT, x0));
        FloatVector below = two.blend(3, x3.compare(VectorOperators.GT, x2));
        FloatVector high = x0.max(x1);
        FloatVector low = x2.max(x3);
        above
            .blend(below, low.compare(VectorOperators.GT, high))
            .intoArray(places, atPlace + ox * width + c);
        high.max(low).max(lower).intoArray(y, to + ox * width + c);
      }
    }
  }

  private static void largest(
      float[] x,
      int image,
      Window window,
      int oy,
      int ox,
      int width,
      Tensor y,
      int to,
      Tensor places,
      int atPlace) {
    int top = oy * window.strideH() - window.padTop();
    int left = ox * window.strideW() - window.padLeft();
    boolean begins = true;
    for (int p = 0; p < window.kernelCount(); p++) {
      int iy = top + p / window.kernelW() * window.dilationH();
      int ix = left + p % window.kernelW() * window.dilationW();
      if (iy >= 0 && iy < window.inH() && ix >= 0 && ix < window.inW()) {
        int at = image + (iy * window.inW() + ix) * width;
        if (begins) {
          System.arraycopy(x, at, y.floats(), y.offset() + to, width);
          int from = places.offset() + atPlace;
          java.util.Arrays.fill(places.floats(), from, from + width, (float) p);
          begins = false;
        } else {
          better(
              x,
              at,
              width,
              (float) p,
              y.floats(),
              y.offset() + to,
              places.floats(),
              places.offset() + atPlace);
        }
      }
    }
    if (begins) {
      int from = places.offset() + atPlace;
      java.util.Arrays.fill(places.floats(), from, from + width, (float) -1);
      int none = y.offset() + to;
      java.util.Arrays.fill(y.floats(), none, none + width, Float.NEGATIVE_INFINITY);
    }
  }

  /** Takes one more element of a window into account. */
  private static void better(
      float[] x, int at, int width, float p, float[] y, int to, float[] places, int atPlace) {
    for (int c = 0; c < width; c += LANES) {
      FloatVector value = FloatVector.fromArray(SPECIES, x, at + c);
      FloatVector most = FloatVector.fromArray(SPECIES, y, to + c);
      VectorMask<Float> greater = value.compare(VectorOperators.GT, most);
      FloatVector.fromArray(SPECIES, places, atPlace + c)
          .blend(p, greater)
          .intoArray(places, atPlace + c);
      most.max(value).intoArray(y, to + c);
    }
  }

  private static void cut(float[] y, int at, int width, float least) {
    for (int c = 0; c < width; c += LANES) {
      FloatVector.fromArray(SPECIES, y, at + c).max(least).intoArray(y, at + c);
    }
  }

  @Override
  public void maximumBackward(
      Tensor dy,
      Tensor y,
      Tensor places,
      int n,
      int width,
      Window window,
      boolean rectified,
      Tensor dx) {
    boolean halves = halves(window);
    boolean tiled = window.inH() == 2 * window.outH() && window.inW() == 2 * window.outW();
    if (!halves || !tiled) {
      dx.fill(0);
    }
    int row = window.inW() * width;
    for (int i = 0; i < n; i++) {
      int image = dx.offset() + i * window.inH() * row;
      for (int oy = 0; oy < window.outH(); oy++) {
        int at = (i * window.outH() + oy) * window.outW() * width;
        if (halves) {
          giveBackHalves(
              dy.floats(),
              dy.offset() + at,
              y.floats(),
              y.offset() + at,
              places.floats(),
              places.offset() + at,
              rectified,
              window.outW(),
              width,
              dx.floats(),
              image + 2 * oy * row,
              row);
        } else {
          for (int ox = 0; ox < window.outW(); ox++) {
            giveBack(dy, y, places, at + ox * width, rectified, width, window, oy, ox, dx, image);
          }
        }
      }
    }
  }

  private static void giveBackHalves(
      float[] dy,
      int at,
      float[] y,
      int atY,
      float[] places,
      int atPlace,
      boolean rectified,
      int outW,
      int width,
      float[] dx,
      int to,
      int row) {
    FloatVector zero = FloatVector.zero(SPECIES);
    VectorMask<Float> all = SPECIES.maskAll(!rectified);
    for (int ox = 0; ox < outW; ox++) {
      int first = to + 2 * ox * width;
      for (int c = 0; c < width; c += LANES) {
        int q = ox * width + c;
        VectorMask<Float> above =
            FloatVector.fromArray(SPECIES, y, atY + q).compare(VectorOperators.GT, 0).or(all);
        FloatVector g = zero.blend(FloatVector.fromArray(SPECIES, dy, at + q), above);
        FloatVector place = FloatVector.fromArray(SPECIES, places, atPlace + q);
        zero.blend(g, place.compare(VectorOperators.EQ, 0)).intoArray(dx, first + c);
        zero.blend(g, place.compare(VectorOperators.EQ, 1)).intoArray(dx, first + width + c);
        zero.blend(g, place.compare(VectorOperators.EQ, 2)).intoArray(dx, first + row + c);
        zero.blend(g, place.compare(VectorOperators.EQ, 3)).intoArray(dx, first + row + width + c);
      }
    }
  }

  private static void giveBack(
      Tensor dy,
      Tensor y,
      Tensor places,
      int at,
      boolean rectified,
      int width,
      Window window,
      int oy,
      int ox,
      Tensor dx,
      int image) {
    int top = oy * window.strideH() - window.padTop();
    int left = ox * window.strideW() - window.padLeft();
    for (int p = 0; p < window.kernelCount(); p++) {
      int iy = top + p / window.kernelW() * window.dilationH();
      int ix = left + p % window.kernelW() * window.dilationW();
      if (iy >= 0 && iy < window.inH() && ix >= 0 && ix < window.inW()) {
        give(
            dy.floats(),
            dy.offset() + at,
            y.floats(),
            y.offset() + at,
            places.floats(),
            places.offset() + at,
            rectified,
            width,
            (float) p,
            dx.floats(),
            image + (iy * window.inW() + ix) * width);
      }
    }
  }

  /** Adds dy where the maximum was element p of its window. */
  private static void give(
      float[] dy,
      int at,
      float[] y,
      int atY,
      float[] places,
      int atPlace,
      boolean rectified,
      int width,
      float p,
      float[] dx,
      int to) {
    FloatVector zero = FloatVector.zero(SPECIES);
    VectorMask<Float> all = SPECIES.maskAll(!rectified);
    for (int c = 0; c < width; c += LANES) {
      VectorMask<Float> here =
          FloatVector.fromArray(SPECIES, places, atPlace + c).compare(VectorOperators.EQ, p);
      VectorMask<Float> above =
          FloatVector.fromArray(SPECIES, y, atY + c).compare(VectorOperators.GT, 0).or(all);
      FloatVector part = zero.blend(FloatVector.fromArray(SPECIES, dy, at + c), here.and(above));
      FloatVector.fromArray(SPECIES, dx, to + c).add(part).intoArray(dx, to + c);
    }
  }
}
