package io.kiln.nn.kernel.vector;

import io.kiln.nn.kernel.Machine;
import org.jspecify.annotations.Nullable;

/**
 * C (+)= A·B from the rows of A as they lie and from packed panels of B (Goto and van de Geijn
 * 2008, "Anatomy of high-performance matrix multiplication"): some rows of B at a time, of them the
 * panels of some columns, and for those some rows of A, as many as half a second-level cache holds,
 * so that they are there when the next panel needs them.
 */
@SuppressWarnings("cast") // the casts are needed in one of the two widths only
final class FloatProduct {
  private static final int LANES = FloatTiles.LANES;

  /** Columns of the widest panel. */
  private static final int WIDTH = FloatPanels.WIDEST * LANES;

  /**
   * Most rows of B at a time: what they add to a panel's columns of C is added while it is near.
   */
  private static final int DEEP = 4 * FloatIndirect.DEEP;

  /** Numbers of A's rows at a time. */
  private static final int HIGH = Machine.here().block() / 2 / Float.BYTES;

  /** Numbers of B's panels at a time. */
  private static final int PACKED = 2 * Machine.here().block() / Float.BYTES;

  private final float[] tile = new float[FloatIndirect.TALLEST * WIDTH];
  private final int[][] tileRows = new int[FloatPanels.WIDEST + 1][];
  private int[] rows = new int[0];
  private int[] columns = new int[0];
  private int[] rowsC = new int[0];

  private int m;
  private float[] a = tile;
  private int atA;
  private int downA;
  private int acrossA;

  private int n;
  private float[] b = tile;
  private int atB;
  private int downB;
  private int acrossB;

  private int deep;
  private boolean keeps;
  private float[] c = tile;
  private int atC;
  private int downC;

  FloatProduct() {
    for (int wide = 0; wide < tileRows.length; wide++) {
      tileRows[wide] = table(rows, FloatIndirect.TALLEST, wide * LANES);
    }
  }

  private static int[] table(int[] old, int count, int step) {
    int[] table = old.length < count ? new int[count] : old;
    for (int i = 0; i < count; i++) {
      table[i] = i * step;
    }
    return table;
  }

  /** Now with that A of m rows. */
  FloatProduct left(int m, float[] a, int atA, int downA, int acrossA) {
    this.m = m;
    this.a = a;
    this.atA = atA;
    this.downA = downA;
    this.acrossA = acrossA;
    return this;
  }

  /** Now with that B of n columns. */
  FloatProduct right(int n, float[] b, int atB, int downB, int acrossB) {
    this.n = n;
    this.b = b;
    this.atB = atB;
    this.downB = downB;
    this.acrossB = acrossB;
    return this;
  }

  /** Computes C from k columns of A and rows of B, or adds to what it holds. */
  void run(int k, boolean adds, float[] c, int atC, int downC) {
    this.c = c;
    this.atC = atC;
    this.downC = downC;
    rows = table(rows, m, downA);
    rowsC = table(rowsC, m, downC);
    if (acrossA != 1) {
      columns = table(columns, Math.min(k, DEEP), acrossA);
    }
    int left = atA;
    int right = atB;
    for (int done = 0; done < k; done += DEEP) {
      deep = Math.min(DEEP, k - done);
      keeps = adds || done > 0;
      atA = left + done * acrossA;
      atB = right + done * downB;
      block();
    }
    // No array is kept alive by what was computed last.
    this.a = tile;
    this.b = tile;
    this.c = tile;
  }

  /** All rows of A and all columns of B, at most {@link #DEEP} deep. */
  private void block() {
    int padded = (n + LANES - 1) / LANES * LANES;
    int high = Math.max(FloatIndirect.TALLEST, HIGH / deep / 12 * 12);
    int across = m > high ? Math.max(1, PACKED / deep / WIDTH) * WIDTH : WIDTH;
    float[] room = FloatRoom.of(deep * Math.min(across, (padded + WIDTH - 1) / WIDTH * WIDTH));
    int left = 0;
    while (left < padded) {
      int end = packed(left, Math.min(across, padded - left), padded, room);
      for (int top = 0; top < m; top += high) {
        panels(left, end, padded, room, top, Math.min(high, m - top));
      }
      left = end;
    }
  }

  /** Whether so many columns of B are as good to read where they are. */
  private boolean isReadAsItLies(int count, int width) {
    return acrossB == 1 && m < FloatPanels.REUSED && count == width;
  }

  /** Packs panels from a column on until there are so many columns; where they end. */
  private int packed(int from, int across, int padded, float[] room) {
    int left = from;
    while (left < from + across) {
      int wide = FloatPanels.wide((padded - left) / LANES);
      int width = wide * LANES;
      int count = Math.min(n - left, width);
      if (!isReadAsItLies(count, width)) {
        int at = FloatRoom.START + (left - from) * deep;
        FloatPanels.pack(b, atB + left * acrossB, downB, acrossB, count, wide, deep, room, at);
      }
      left += width;
    }
    return left;
  }

  /** Some rows of C from panels that begin and end with those columns. */
  private void panels(int from, int end, int padded, float[] room, int top, int high) {
    int left = from;
    while (left < end) {
      int wide = FloatPanels.wide((padded - left) / LANES);
      int width = wide * LANES;
      int count = Math.min(n - left, width);
      boolean asItLies = isReadAsItLies(count, width);
      float[] panel = asItLies ? b : room;
      int atPanel = asItLies ? atB + left * acrossB : FloatRoom.START + (left - from) * deep;
      int step = asItLies ? downB : width;
      int to = atC + left;
      if (count == width) {
        float[] first = keeps ? c : FloatIndirect.ZEROS;
        int begin = keeps ? to : 0;
        panel(wide, top, high, panel, atPanel, step, first, begin, keeps, c, to, rowsC, top);
      } else {
        ragged(wide, count, top, high, panel, atPanel, step, to);
      }
      left += width;
    }
  }

  private void panel(
      int wide,
      int top,
      int high,
      float[] panel,
      int atPanel,
      int step,
      float[] first,
      int atFirst,
      boolean adds,
      float[] out,
      int to,
      int[] rowsOut,
      int fromOut) {
    int @Nullable [] table = acrossA == 1 ? null : columns;
    FloatIndirect.panel(
        wide, high, deep, a, atA, rows, top, table, 0, panel, atPanel, step, first, atFirst, adds,
        false, out, to, rowsOut, fromOut);
  }

  /** A panel whose tiles do not fit into C as they are: they are computed apart and copied. */
  private void ragged(
      int wide, int count, int top, int high, float[] panel, int atPanel, int step, int to) {
    int width = wide * LANES;
    int tall;
    for (int row = top; row < top + high; row += tall) {
      tall = FloatTiles.tallest(wide, top + high - row);
      panel(
          wide,
          row,
          tall,
          panel,
          atPanel,
          step,
          FloatIndirect.ZEROS,
          0,
          false,
          tile,
          0,
          tileRows[wide],
          0);
      for (int i = 0; i < tall; i++) {
        int out = to + (row + i) * downC;
        int from = i * width;
        for (int j = 0; j < count; j++) {
          c[out + j] = keeps ? c[out + j] + tile[from + j] : tile[from + j];
        }
      }
    }
  }
}
