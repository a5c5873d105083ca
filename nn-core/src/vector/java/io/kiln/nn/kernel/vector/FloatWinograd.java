package io.kiln.nn.kernel.vector;

import io.kiln.nn.kernel.Winograd;
import io.kiln.nn.tensor.Tensor;

/**
 * Winograd's transforms with the Vector API: first along the columns of all tiles of a row at once,
 * then along the rows of each tile.
 */
@SuppressWarnings("cast") // the casts are needed in one of the two widths only
final class FloatWinograd implements Winograd {
  private static final int LANES = FloatTiles.LANES;

  private static int padded(int n) {
    return (n + LANES - 1) / LANES * LANES;
  }

  @Override
  public int workSize(int tiles, int widthIn, int widthOut) {
    int in = Math.max(SIDE * (TILE * tiles + 2), POINTS * tiles) * widthIn;
    return Math.max(in, SIDE * TILE * tiles * widthOut);
  }

  /** The one call of all transforms. */
  private static void run(
      int map,
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
    FloatTransform.of(map).run(blocks, width, x, at, moveX, step, y, to, moveY, stepY);
  }

  @Override
  public void filters(
      Tensor w,
      int outer,
      int inner,
      boolean transposed,
      Tensor work,
      int atWork,
      Tensor u,
      int at) {
    int rows = transposed ? outer : inner;
    int size = rows * padded(transposed ? inner : outer);
    turn(w, outer, inner, transposed, work.floats(), work.offset() + atWork);
    float[] us = u.floats();
    int g = work.offset() + atWork;
    int to = u.offset() + at;
    // [3][3] → [6][3] into the first matrices of each row, then → [6][6] in place.
    run(
        FloatTransform.FILTER,
        3,
        size,
        work.floats(),
        g,
        size,
        3 * size,
        us,
        to,
        size,
        SIDE * size);
    run(FloatTransform.FILTER, SIDE, size, us, to, SIDE * size, size, us, to, SIDE * size, size);
  }

  private static void turn(Tensor w, int outer, int inner, boolean transposed, float[] g, int at) {
    int rows = transposed ? outer : inner;
    int columns = transposed ? inner : outer;
    int width = padded(columns);
    int size = rows * width;
    int down = transposed ? 9 * inner : 9;
    int across = transposed ? 9 : 9 * inner;
    float[] ws = w.floats();
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < width; j++) {
        int to = at + i * width + j;
        int from = w.offset() + i * down + j * across;
        for (int p = 0; p < 9; p++) {
          g[to + p * size] = j < columns ? ws[from + p] : 0;
        }
      }
    }
  }

  @Override
  public void filtersBackward(
      Tensor du, int at, int outer, int inner, Tensor work, int atWork, double beta, Tensor dw) {
    int width = padded(outer);
    int size = inner * width;
    float[] us = du.floats();
    float[] gs = work.floats();
    int u = du.offset() + at;
    int g = work.offset() + atWork;
    // [6][6] → [3][6] in place, then → [3][3].
    run(FloatTransform.FILTER_BACK, SIDE, size, us, u, size, SIDE * size, us, u, size, SIDE * size);
    run(FloatTransform.FILTER_BACK, 3, size, us, u, SIDE * size, size, gs, g, 3 * size, size);
    float[] dws = dw.floats();
    float keep = (float) beta;
    for (int j = 0; j < outer; j++) {
      for (int i = 0; i < inner; i++) {
        int to = dw.offset() + (j * inner + i) * 9;
        int from = g + i * width + j;
        for (int p = 0; p < 9; p++) {
          float part = gs[from + p * size];
          dws[to + p] = beta == 0 ? part : keep * dws[to + p] + part;
        }
      }
    }
  }

  @Override
  public void input(
      Tensor strip,
      int at,
      int tiles,
      int width,
      Tensor work,
      int atWork,
      Tensor v,
      int to,
      int stride) {
    int row = (TILE * tiles + 2) * width;
    float[] room = work.floats();
    int mid = work.offset() + atWork;
    int from = strip.offset() + at;
    run(FloatTransform.INPUT, 1, row, strip.floats(), from, 0, row, room, mid, 0, row);
    for (int i = 0; i < SIDE; i++) {
      int out = v.offset() + to + i * SIDE * stride;
      int in = mid + i * row;
      run(
          FloatTransform.INPUT,
          tiles,
          width,
          room,
          in,
          TILE * width,
          width,
          v.floats(),
          out,
          width,
          stride);
    }
  }

  @Override
  public void inputBackward(
      Tensor v,
      int at,
      int stride,
      int tiles,
      int width,
      Tensor work,
      int atWork,
      Tensor strip,
      int to) {
    int row = (TILE * tiles + 2) * width;
    int all = tiles * width;
    float[] room = work.floats();
    int mid = work.offset() + atWork;
    int from = v.offset() + at;
    run(
        FloatTransform.INPUT_BACK,
        SIDE,
        all,
        v.floats(),
        from,
        stride,
        SIDE * stride,
        room,
        mid,
        all,
        SIDE * all);
    for (int i = 0; i < SIDE; i++) {
      int out = strip.offset() + to + i * row;
      int in = mid + i * SIDE * all;
      run(
          FloatTransform.INPUT_BACK_ADD,
          tiles,
          width,
          room,
          in,
          width,
          all,
          strip.floats(),
          out,
          TILE * width,
          width);
    }
  }

  @Override
  public void output(
      Tensor m,
      int at,
      int stride,
      int tiles,
      int width,
      Tensor work,
      int atWork,
      Tensor strip,
      int to) {
    int row = TILE * tiles * width;
    int all = tiles * width;
    float[] room = work.floats();
    int mid = work.offset() + atWork;
    int from = m.offset() + at;
    run(
        FloatTransform.OUTPUT,
        SIDE,
        all,
        m.floats(),
        from,
        stride,
        SIDE * stride,
        room,
        mid,
        all,
        SIDE * all);
    for (int i = 0; i < TILE; i++) {
      int out = strip.offset() + to + i * row;
      int in = mid + i * SIDE * all;
      run(
          FloatTransform.OUTPUT,
          tiles,
          width,
          room,
          in,
          width,
          all,
          strip.floats(),
          out,
          TILE * width,
          width);
    }
  }

  @Override
  public void outputBackward(
      Tensor strip,
      int at,
      int tiles,
      int width,
      Tensor work,
      int atWork,
      Tensor m,
      int to,
      int stride) {
    int row = TILE * tiles * width;
    float[] room = work.floats();
    int mid = work.offset() + atWork;
    int from = strip.offset() + at;
    run(FloatTransform.OUTPUT_BACK, 1, row, strip.floats(), from, 0, row, room, mid, 0, row);
    for (int i = 0; i < SIDE; i++) {
      int out = m.offset() + to + i * SIDE * stride;
      int in = mid + i * row;
      run(
          FloatTransform.OUTPUT_BACK,
          tiles,
          width,
          room,
          in,
          TILE * width,
          width,
          m.floats(),
          out,
          width,
          stride);
    }
  }
}
