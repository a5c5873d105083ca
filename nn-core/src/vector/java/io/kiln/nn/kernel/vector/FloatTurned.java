package io.kiln.nn.kernel.vector;

import io.kiln.nn.kernel.Machine;
import jdk.incubator.vector.FloatVector;

/**
 * Products whose left operand lies turned: row p of what is stored holds A[i, p] for all i, as in
 * the gradient of a layer's weights. Its numbers are packed as the tiles need them, [tile][p][rows
 * of the tile], with a vector load and store each: nothing is turned element by element.
 */
final class FloatTurned {
  private static final int LANES = FloatTiles.LANES;

  /** Most rows of B at a time. */
  private static final int DEEP = 2 * FloatIndirect.DEEP;

  /** Most rows of A that are packed at a time, whole tiles: half of a second-level cache. */
  private static final int HIGH = Machine.here().block() / 2 / Float.BYTES / DEEP / 24 * 24;

  private final float[] tile = new float[FloatIndirect.TALLEST * FloatPanels.WIDEST * LANES];
  private float[] packed = new float[0];

  /** C (+)= A·B with A[i, p] at atA + p·acrossA + i, C's rows together. */
  void multiply(
      int m,
      int n,
      int k,
      float[] a,
      int atA,
      int acrossA,
      float[] b,
      int atB,
      int downB,
      int acrossB,
      boolean adds,
      float[] c,
      int atC,
      int downC) {
    int vectors = (n + LANES - 1) / LANES;
    int tall = FloatTiles.tallestBoth(vectors);
    for (int done = 0; done < k; done += DEEP) {
      int deep = Math.min(DEEP, k - done);
      for (int top = 0; top < m; top += HIGH) {
        int high = Math.min(HIGH, m - top);
        int size = (high + tall - 1) / tall * tall * deep + LANES;
        if (packed.length < size) {
          packed = new float[size];
        }
        packLeft(a, atA + done * acrossA + top, acrossA, high, deep, tall);
        panels(
            tall,
            high,
            n,
            deep,
            b,
            atB + done * downB,
            downB,
            acrossB,
            adds || done > 0,
            c,
            atC + top * downC,
            downC);
      }
    }
  }

  private void packLeft(float[] a, int at, int across, int high, int deep, int tall) {
    int to = 0;
    int row = 0;
    // A vector may reach beyond its row of the tile, which is written next, but not beyond A's.
    for (; tall <= LANES && row + LANES <= high; row += tall, to += tall * deep) {
      packTile(a, at + row, across, deep, tall, packed, to);
    }
    for (; row < high; row += tall, to += tall * deep) {
      int count = Math.min(tall, high - row);
      for (int p = 0; p < deep; p++) {
        int from = at + row + p * across;
        for (int i = 0; i < tall; i++) {
          packed[to + p * tall + i] = i < count ? a[from + i] : 0;
        }
      }
    }
  }

  private static void packTile(
      float[] a, int at, int across, int deep, int tall, float[] packed, int to) {
    int from = at;
    int out = to;
    for (int p = 0; p < deep; p++, from += across, out += tall) {
      FloatVector.fromArray(FloatTiles.SPECIES, a, from).intoArray(packed, out);
    }
  }

  private void panels(
      int tall,
      int high,
      int n,
      int deep,
      float[] b,
      int atB,
      int downB,
      int acrossB,
      boolean keeps,
      float[] c,
      int atC,
      int downC) {
    float[] panel = FloatRoom.of(DEEP * FloatPanels.WIDEST * LANES);
    int start = FloatRoom.START;
    int done = 0;
    int vectors = (n + LANES - 1) / LANES;
    while (vectors > 0) {
      int wide = FloatPanels.wide(vectors);
      int width = wide * LANES;
      int count = Math.min(n - done, width);
      FloatPanels.pack(b, atB + done * acrossB, downB, acrossB, count, wide, deep, panel, start);
      for (int some = 0; some < deep; some += FloatIndirect.DEEP) {
        tiles(wide, tall, high, count, deep, some, panel, keeps || some > 0, c, atC + done, downC);
      }
      done += width;
      vectors -= wide;
    }
  }

  /** What some rows of a panel add to its columns of C. */
  private void tiles(
      int wide,
      int tall,
      int high,
      int count,
      int deep,
      int some,
      float[] panel,
      boolean keeps,
      float[] c,
      int atC,
      int downC) {
    int width = wide * LANES;
    for (int row = 0; row < high; row += tall) {
      int fromA = row * deep + some * tall;
      int to = atC + row * downC;
      boolean whole = count == width && row + tall <= high;
      float[] out = whole ? c : tile;
      int step = whole ? downC : width;
      if (!whole) {
        copy(Math.min(tall, high - row), count, keeps, c, to, downC, tile, 0, width);
      }
      FloatTiles.runBoth(
          wide,
          tall,
          Math.min(FloatIndirect.DEEP, deep - some),
          packed,
          fromA,
          panel,
          FloatRoom.START + some * width,
          keeps ? out : FloatIndirect.ZEROS,
          keeps && whole ? to : 0,
          keeps ? step : 0,
          out,
          whole ? to : 0,
          step);
      if (!whole) {
        copy(Math.min(tall, high - row), count, true, tile, 0, width, c, to, downC);
      }
    }
  }

  private static void copy(
      int rows,
      int count,
      boolean wanted,
      float[] x,
      int at,
      int down,
      float[] y,
      int to,
      int step) {
    for (int i = 0; wanted && i < rows; i++) {
      System.arraycopy(x, at + i * down, y, to + i * step, count);
    }
  }
}
