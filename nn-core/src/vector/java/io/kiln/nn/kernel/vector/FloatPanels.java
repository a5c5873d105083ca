package io.kiln.nn.kernel.vector;

import jdk.incubator.vector.FloatVector;

/** Right operands as panels: [k][1 to 4 vectors], so that a tile reads one row after another. */
final class FloatPanels {
  private static final int LANES = FloatTiles.LANES;

  /** Most vectors in a row of a panel. */
  static final int WIDEST = 4;

  /** Rows of C from which copying a panel pays: tiles read packed ones faster. */
  static final int REUSED = 24;

  /** Rows of a panel that are filled together. */
  private static final int SOME = 64;

  private FloatPanels() {}

  /**
   * Vectors in the row of the next panel if so many are left: 4, or 2 where registers are few, but
   * no panel of one after it.
   */
  static int wide(int vectors) {
    int most = FloatTiles.WIDEST;
    boolean three = most == 4 ? vectors == 5 || vectors == 6 : vectors > 1 && vectors % 2 == 1;
    return three ? 3 : Math.min(vectors, most);
  }

  /** A panel of columns whose rows lie together; columns beyond {@code count} are 0. */
  static void packRows(
      float[] b, int at, int stride, int count, int wide, int deep, float[] panel, int atPanel) {
    int width = wide * LANES;
    int whole = count / LANES * LANES;
    int to = atPanel;
    int from = at;
    for (int p = 0; p < deep; p++, to += width, from += stride) {
      for (int j = 0; j < whole; j += LANES) {
        FloatVector.fromArray(FloatTiles.SPECIES, b, from + j).intoArray(panel, to + j);
      }
      for (int j = whole; j < count; j++) {
        panel[to + j] = b[from + j];
      }
      for (int j = count; j < width; j++) {
        panel[to + j] = 0;
      }
    }
  }

  /**
   * A panel of columns each of which lies together, {@code stride} apart; some rows at a time, so
   * that they stay in the first-level cache until all columns are there.
   */
  static void packColumns(
      float[] b, int at, int stride, int count, int wide, int deep, float[] panel, int atPanel) {
    int width = wide * LANES;
    for (int top = 0; top < deep; top += SOME) {
      int rows = Math.min(SOME, deep - top);
      int from = at + top;
      int to = atPanel + top * width;
      int j = 0;
      for (; j <= count - 8; j += 8) {
        turnEight(b, from + j * stride, stride, rows, panel, to + j, width);
      }
      for (; j < width; j++) {
        packOne(b, from + j * stride, j < count, rows, panel, to + j, width);
      }
    }
  }

  private static void packOne(
      float[] b, int at, boolean isThere, int rows, float[] panel, int atPanel, int width) {
    for (int p = 0, to = atPanel; p < rows; p++, to += width) {
      panel[to] = isThere ? b[at + p] : 0;
    }
  }

  /** y[to + p·step + q] = x[at + q·stride + p] for p below {@code count} and q below 8. */
  static void turnEight(float[] x, int at, int stride, int count, float[] y, int to, int step) {
    int x1 = at + stride;
    int x2 = x1 + stride;
    int x3 = x2 + stride;
    int x4 = x3 + stride;
    int x5 = x4 + stride;
    int x6 = x5 + stride;
    int x7 = x6 + stride;
    for (int p = 0, out = to; p < count; p++, out += step) {
      y[out] = x[at + p];
      y[out + 1] = x[x1 + p];
      y[out + 2] = x[x2 + p];
      y[out + 3] = x[x3 + p];
      y[out + 4] = x[x4 + p];
      y[out + 5] = x[x5 + p];
      y[out + 6] = x[x6 + p];
      y[out + 7] = x[x7 + p];
    }
  }

  /**
   * y[p, q] (+)= x[q, p] for q below {@code rows} and p below {@code columns}; some columns at a
   * time, so that what is written stays in the first-level cache until its lines are full.
   */
  static void turn(
      float[] x,
      int at,
      int stride,
      int rows,
      int columns,
      boolean adds,
      float[] y,
      int to,
      int step) {
    for (int left = 0; left < columns; left += SOME) {
      int count = Math.min(SOME, columns - left);
      int q = 0;
      for (; q <= rows - 8 && !adds; q += 8) {
        turnEight(x, at + q * stride + left, stride, count, y, to + left * step + q, step);
      }
      for (; q < rows; q++) {
        turnOne(x, at + q * stride + left, count, adds, y, to + left * step + q, step);
      }
    }
  }

  private static void turnOne(
      float[] x, int at, int count, boolean adds, float[] y, int to, int step) {
    for (int p = 0, out = to; p < count; p++, out += step) {
      y[out] = adds ? y[out] + x[at + p] : x[at + p];
    }
  }

  /** A panel of columns at any steps. */
  static void pack(
      float[] b,
      int at,
      int stepRow,
      int stepColumn,
      int count,
      int wide,
      int deep,
      float[] panel,
      int atPanel) {
    if (stepColumn == 1) {
      packRows(b, at, stepRow, count, wide, deep, panel, atPanel);
    } else if (stepRow == 1) {
      packColumns(b, at, stepColumn, count, wide, deep, panel, atPanel);
    } else {
      int to = atPanel;
      for (int p = 0; p < deep; p++) {
        for (int j = 0; j < wide * LANES; j++) {
          panel[to++] = j < count ? b[at + p * stepRow + j * stepColumn] : 0;
        }
      }
    }
  }
}
