package io.kiln.nn.kernel.vector;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * A linear map of a few vectors, applied along rows: y = T x with element i of x at {@code at +
 * i·step}, of y at {@code to + i·stepY}, for each of some blocks and each vector of a block.
 *
 * <p>Each map is a class with one loop, reached through one call that many share, so that the
 * compiler makes each loop by itself: inlined into one method they pass its limits, and vectors
 * become objects.
 */
abstract class FloatTransform {
  private static final VectorSpecies<Float> SPECIES = FloatTiles.SPECIES;
  private static final int LANES = FloatTiles.LANES;

  /** Bᵀ of F(4×4, 3×3), 6 → 6. */
  static final int INPUT = 0;

  /** B, 6 → 6. */
  static final int INPUT_BACK = 1;

  /** y += B x, 6 → 6. */
  static final int INPUT_BACK_ADD = 2;

  /** Aᵀ, 6 → 4. */
  static final int OUTPUT = 3;

  /** A, 4 → 6. */
  static final int OUTPUT_BACK = 4;

  /** G, 3 → 6. */
  static final int FILTER = 5;

  /** Gᵀ, 6 → 3. */
  static final int FILTER_BACK = 6;

  /** By number; the compiler does not know what lies in an array, so that it inlines none. */
  private static final FloatTransform[] ALL = {
    new Input(),
    new InputBack(),
    new InputBackAdd(),
    new Output(),
    new OutputBack(),
    new Filter(),
    new FilterBack()
  };

  /** The map of that number. */
  static FloatTransform of(int map) {
    return ALL[map];
  }

  /**
   * Applies the map; x and y may be the same places.
   *
   * @param blocks number of blocks, {@code moveX} and {@code moveY} apart
   * @param width numbers of a block, whole vectors
   */
  abstract void run(
      int blocks,
      int width,
      float[] x,
      int at,
      int moveX,
      int step,
      float[] y,
      int to,
      int moveY,
      int stepY);

  private static final class Input extends FloatTransform {
    @Override
    void run(
        int blocks,
        int width,
        float[] x,
        int at,
        int moveX,
        int step,
        float[] y,
        int to,
        int moveY,
        int stepY) {
      FloatVector four = FloatVector.broadcast(SPECIES, 4);
      FloatVector less = FloatVector.broadcast(SPECIES, -4);
      FloatVector five = FloatVector.broadcast(SPECIES, -5);
      FloatVector two = FloatVector.broadcast(SPECIES, 2);
      FloatVector minus = FloatVector.broadcast(SPECIES, -2);
      for (int block = 0; block < blocks; block++) {
        int from = at + block * moveX;
        int out = to + block * moveY;
        for (int c = 0; c < width; c += LANES) {
          FloatVector x0 = FloatVector.fromArray(SPECIES, x, from + c);
          FloatVector x1 = FloatVector.fromArray(SPECIES, x, from + step + c);
          FloatVector x2 = FloatVector.fromArray(SPECIES, x, from + 2 * step + c);
          FloatVector x3 = FloatVector.fromArray(SPECIES, x, from + 3 * step + c);
          FloatVector x4 = FloatVector.fromArray(SPECIES, x, from + 4 * step + c);
          FloatVector x5 = FloatVector.fromArray(SPECIES, x, from + 5 * step + c);
          FloatVector a = x2.fma(less, x4);
          FloatVector b = x1.fma(less, x3);
          FloatVector d = x3.sub(x1);
          FloatVector e = x4.sub(x2);
          x0.fma(four, x2.fma(five, x4)).intoArray(y, out + c);
          a.add(b).intoArray(y, out + stepY + c);
          a.sub(b).intoArray(y, out + 2 * stepY + c);
          d.fma(two, e).intoArray(y, out + 3 * stepY + c);
          d.fma(minus, e).intoArray(y, out + 4 * stepY + c);
          x1.fma(four, x3.fma(five, x5)).intoArray(y, out + 5 * stepY + c);
        }
      }
    }
  }

  private static final class InputBack extends FloatTransform {
    @Override
    void run(
        int blocks,
        int width,
        float[] x,
        int at,
        int moveX,
        int step,
        float[] y,
        int to,
        int moveY,
        int stepY) {
      FloatVector four = FloatVector.broadcast(SPECIES, 4);
      FloatVector five = FloatVector.broadcast(SPECIES, -5);
      FloatVector two = FloatVector.broadcast(SPECIES, 2);
      FloatVector minus = FloatVector.broadcast(SPECIES, -2);
      for (int block = 0; block < blocks; block++) {
        int from = at + block * moveX;
        int out = to + block * moveY;
        for (int c = 0; c < width; c += LANES) {
          FloatVector x0 = FloatVector.fromArray(SPECIES, x, from + c);
          FloatVector x1 = FloatVector.fromArray(SPECIES, x, from + step + c);
          FloatVector x2 = FloatVector.fromArray(SPECIES, x, from + 2 * step + c);
          FloatVector x3 = FloatVector.fromArray(SPECIES, x, from + 3 * step + c);
          FloatVector x4 = FloatVector.fromArray(SPECIES, x, from + 4 * step + c);
          FloatVector x5 = FloatVector.fromArray(SPECIES, x, from + 5 * step + c);
          FloatVector s = x1.add(x2);
          FloatVector t = x1.sub(x2);
          FloatVector u = x3.add(x4);
          FloatVector w = x3.sub(x4);
          x0.mul(four).intoArray(y, out + c);
          x5.sub(t).fma(four, w.mul(minus)).intoArray(y, out + stepY + c);
          x0.mul(five).sub(s.fma(four, u)).intoArray(y, out + 2 * stepY + c);
          x5.fma(five, w.fma(two, t)).intoArray(y, out + 3 * stepY + c);
          x0.add(s).add(u).intoArray(y, out + 4 * stepY + c);
          x5.intoArray(y, out + 5 * stepY + c);
        }
      }
    }
  }

  private static final class InputBackAdd extends FloatTransform {
    @Override
    void run(
        int blocks,
        int width,
        float[] x,
        int at,
        int moveX,
        int step,
        float[] y,
        int to,
        int moveY,
        int stepY) {
      FloatVector four = FloatVector.broadcast(SPECIES, 4);
      FloatVector five = FloatVector.broadcast(SPECIES, -5);
      FloatVector two = FloatVector.broadcast(SPECIES, 2);
      FloatVector minus = FloatVector.broadcast(SPECIES, -2);
      for (int block = 0; block < blocks; block++) {
        int from = at + block * moveX;
        int out = to + block * moveY;
        for (int c = 0; c < width; c += LANES) {
          FloatVector x0 = FloatVector.fromArray(SPECIES, x, from + c);
          FloatVector x1 = FloatVector.fromArray(SPECIES, x, from + step + c);
          FloatVector x2 = FloatVector.fromArray(SPECIES, x, from + 2 * step + c);
          FloatVector x3 = FloatVector.fromArray(SPECIES, x, from + 3 * step + c);
          FloatVector x4 = FloatVector.fromArray(SPECIES, x, from + 4 * step + c);
          FloatVector x5 = FloatVector.fromArray(SPECIES, x, from + 5 * step + c);
          FloatVector s = x1.add(x2);
          FloatVector t = x1.sub(x2);
          FloatVector u = x3.add(x4);
          FloatVector w = x3.sub(x4);
          int y1 = out + stepY + c;
          int y2 = out + 2 * stepY + c;
          int y3 = out + 3 * stepY + c;
          int y4 = out + 4 * stepY + c;
          int y5 = out + 5 * stepY + c;
          x0.fma(four, FloatVector.fromArray(SPECIES, y, out + c)).intoArray(y, out + c);
          x5.sub(t).fma(four, w.fma(minus, FloatVector.fromArray(SPECIES, y, y1))).intoArray(y, y1);
          x0.fma(five, FloatVector.fromArray(SPECIES, y, y2)).sub(s.fma(four, u)).intoArray(y, y2);
          x5.fma(five, w.fma(two, FloatVector.fromArray(SPECIES, y, y3).add(t))).intoArray(y, y3);
          x0.add(s).add(u.add(FloatVector.fromArray(SPECIES, y, y4))).intoArray(y, y4);
          x5.add(FloatVector.fromArray(SPECIES, y, y5)).intoArray(y, y5);
        }
      }
    }
  }

  private static final class Output extends FloatTransform {
    @Override
    void run(
        int blocks,
        int width,
        float[] x,
        int at,
        int moveX,
        int step,
        float[] y,
        int to,
        int moveY,
        int stepY) {
      FloatVector two = FloatVector.broadcast(SPECIES, 2);
      FloatVector four = FloatVector.broadcast(SPECIES, 4);
      FloatVector eight = FloatVector.broadcast(SPECIES, 8);
      for (int block = 0; block < blocks; block++) {
        int from = at + block * moveX;
        int out = to + block * moveY;
        for (int c = 0; c < width; c += LANES) {
          FloatVector x1 = FloatVector.fromArray(SPECIES, x, from + step + c);
          FloatVector x2 = FloatVector.fromArray(SPECIES, x, from + 2 * step + c);
          FloatVector x3 = FloatVector.fromArray(SPECIES, x, from + 3 * step + c);
          FloatVector x4 = FloatVector.fromArray(SPECIES, x, from + 4 * step + c);
          FloatVector s = x1.add(x2);
          FloatVector d = x1.sub(x2);
          FloatVector t = x3.add(x4);
          FloatVector e = x3.sub(x4);
          FloatVector.fromArray(SPECIES, x, from + c).add(s).add(t).intoArray(y, out + c);
          e.fma(two, d).intoArray(y, out + stepY + c);
          t.fma(four, s).intoArray(y, out + 2 * stepY + c);
          FloatVector last = d.add(FloatVector.fromArray(SPECIES, x, from + 5 * step + c));
          e.fma(eight, last).intoArray(y, out + 3 * stepY + c);
        }
      }
    }
  }

  private static final class OutputBack extends FloatTransform {
    @Override
    void run(
        int blocks,
        int width,
        float[] x,
        int at,
        int moveX,
        int step,
        float[] y,
        int to,
        int moveY,
        int stepY) {
      FloatVector two = FloatVector.broadcast(SPECIES, 2);
      FloatVector minus = FloatVector.broadcast(SPECIES, -2);
      FloatVector four = FloatVector.broadcast(SPECIES, 4);
      for (int block = 0; block < blocks; block++) {
        int from = at + block * moveX;
        int out = to + block * moveY;
        for (int c = 0; c < width; c += LANES) {
          FloatVector x0 = FloatVector.fromArray(SPECIES, x, from + c);
          FloatVector x1 = FloatVector.fromArray(SPECIES, x, from + step + c);
          FloatVector x2 = FloatVector.fromArray(SPECIES, x, from + 2 * step + c);
          FloatVector x3 = FloatVector.fromArray(SPECIES, x, from + 3 * step + c);
          FloatVector s = x0.add(x2);
          FloatVector d = x1.add(x3);
          FloatVector t = x2.fma(four, x0);
          FloatVector e = x3.fma(four, x1);
          x0.intoArray(y, out + c);
          s.add(d).intoArray(y, out + stepY + c);
          s.sub(d).intoArray(y, out + 2 * stepY + c);
          e.fma(two, t).intoArray(y, out + 3 * stepY + c);
          e.fma(minus, t).intoArray(y, out + 4 * stepY + c);
          x3.intoArray(y, out + 5 * stepY + c);
        }
      }
    }
  }

  private static final class Filter extends FloatTransform {
    @Override
    void run(
        int blocks,
        int width,
        float[] x,
        int at,
        int moveX,
        int step,
        float[] y,
        int to,
        int moveY,
        int stepY) {
      for (int block = 0; block < blocks; block++) {
        int from = at + block * moveX;
        int out = to + block * moveY;
        for (int c = 0; c < width; c += LANES) {
          FloatVector x0 = FloatVector.fromArray(SPECIES, x, from + c);
          FloatVector x1 = FloatVector.fromArray(SPECIES, x, from + step + c);
          FloatVector x2 = FloatVector.fromArray(SPECIES, x, from + 2 * step + c);
          FloatVector outer = x0.add(x2).mul((float) (-1.0 / 6));
          FloatVector middle = x1.mul((float) (1.0 / 6));
          FloatVector wide = x0.mul((float) (1.0 / 24)).add(x2.mul((float) (1.0 / 6)));
          FloatVector half = x1.mul((float) (1.0 / 12));
          x0.mul(0.25f).intoArray(y, out + c);
          outer.sub(middle).intoArray(y, out + stepY + c);
          outer.add(middle).intoArray(y, out + 2 * stepY + c);
          wide.add(half).intoArray(y, out + 3 * stepY + c);
          wide.sub(half).intoArray(y, out + 4 * stepY + c);
          x2.intoArray(y, out + 5 * stepY + c);
        }
      }
    }
  }

  private static final class FilterBack extends FloatTransform {
    @Override
    void run(
        int blocks,
        int width,
        float[] x,
        int at,
        int moveX,
        int step,
        float[] y,
        int to,
        int moveY,
        int stepY) {
      for (int block = 0; block < blocks; block++) {
        int from = at + block * moveX;
        int out = to + block * moveY;
        for (int c = 0; c < width; c += LANES) {
          FloatVector x0 = FloatVector.fromArray(SPECIES, x, from + c);
          FloatVector x1 = FloatVector.fromArray(SPECIES, x, from + step + c);
          FloatVector x2 = FloatVector.fromArray(SPECIES, x, from + 2 * step + c);
          FloatVector x3 = FloatVector.fromArray(SPECIES, x, from + 3 * step + c);
          FloatVector x4 = FloatVector.fromArray(SPECIES, x, from + 4 * step + c);
          FloatVector x5 = FloatVector.fromArray(SPECIES, x, from + 5 * step + c);
          FloatVector near = x1.add(x2).mul((float) (-1.0 / 6));
          FloatVector far = x3.add(x4);
          FloatVector turn = x3.sub(x4).mul((float) (1.0 / 12));
          x0.mul(0.25f).add(near).add(far.mul((float) (1.0 / 24))).intoArray(y, out + c);
          x2.sub(x1).mul((float) (1.0 / 6)).add(turn).intoArray(y, out + stepY + c);
          near.add(far.mul((float) (1.0 / 6))).add(x5).intoArray(y, out + 2 * stepY + c);
        }
      }
    }
  }
}
