package io.kiln.nn.kernel.vector;

import io.kiln.nn.kernel.Choices;
import io.kiln.nn.kernel.Matrix;
import io.kiln.nn.kernel.Operand;
import jdk.incubator.vector.FloatVector;
import org.jspecify.annotations.Nullable;

/**
 * Products in float32 with the Vector API: tiles of C are summed in registers, from the rows of A
 * as they lie and from panels of B that stay in the first-level cache (Goto and van de Geijn 2008,
 * "Anatomy of high-performance matrix multiplication").
 *
 * <p>What goes to the BLAS instead is said by {@link Choices}.
 */
@SuppressWarnings("cast") // the casts are needed in one of the two widths only
final class FloatMatrix implements Matrix {
  private static final int LANES = FloatTiles.LANES;

  /** Columns of the widest panel. */
  private static final int WIDTH = FloatPanels.WIDEST * LANES;

  /**
   * Most rows of B at a time: what they add to a panel's columns of C is added while it is near.
   */
  private static final int DEEP = 4 * FloatIndirect.DEEP;

  private final Matrix blas;
  private final Choices choices = Choices.here();
  private final ThreadLocal<Memory> memory = ThreadLocal.withInitial(Memory::new);

  /** Working memory of a thread. */
  private static final class Memory {
    private final float[] tile = new float[FloatIndirect.TALLEST * WIDTH];
    private final int[][] tileRows = new int[FloatPanels.WIDEST + 1][];
    private int[] rows = new int[0];
    private int[] columns = new int[0];
    private int[] rowsC = new int[0];
    private float[] sums = new float[0];
    private final FloatTurned turned = new FloatTurned();

    Memory() {
      for (int wide = 0; wide < tileRows.length; wide++) {
        tileRows[wide] = table(rows, FloatIndirect.TALLEST, wide * LANES);
      }
    }

    float[] sums(int count) {
      if (sums.length < count) {
        sums = new float[count];
      }
      return sums;
    }

    int[] rows(int count, int step) {
      rows = table(rows, count, step);
      return rows;
    }

    int[] columns(int count, int step) {
      columns = table(columns, count, step);
      return columns;
    }

    int[] rowsC(int count, int step) {
      rowsC = table(rowsC, count, step);
      return rowsC;
    }

    private static int[] table(int[] old, int count, int step) {
      int[] table = old.length < count ? new int[count] : old;
      for (int i = 0; i < count; i++) {
        table[i] = i * step;
      }
      return table;
    }
  }

  FloatMatrix(Matrix blas) {
    this.blas = blas;
  }

  @Override
  public void multiply(
      int m, int n, int k, double alpha, Operand a, Operand b, double beta, Operand c) {
    if (!choices.multipliesByVectors(m, n, k) || alpha == 0) {
      blas.multiply(m, n, k, alpha, a, b, beta, c);
      return;
    }
    float[] cs = c.tensor().floats();
    int to = c.first();
    int strideC = c.stride();
    // C = α·(A·B + (β/α)·C): the tiles know nothing of factors.
    if (beta != 0 && beta != alpha) {
      scaleRows(cs, to, strideC, m, n, (float) (beta / alpha));
    }
    boolean adds = beta != 0;
    // C = A·Bᵀ is also Cᵀ = B·Aᵀ: what must be turned round, element by element, is then smaller.
    boolean turned =
        b.isTransposed() && (a.isTransposed() || (long) m * (k + 2L * n) < (long) n * k);
    float[] as = a.tensor().floats();
    float[] bs = b.tensor().floats();
    int fromA = a.first();
    int fromB = b.first();
    int downA = a.down();
    int acrossA = a.across();
    int downB = b.down();
    int acrossB = b.across();
    if (turned) {
      int width = (m + LANES - 1) / LANES * LANES;
      float[] sums = memory.get().sums(n * width);
      product(n, m, k, bs, fromB, acrossB, downB, as, fromA, acrossA, downA, false, sums, 0, width);
      FloatPanels.turn(sums, 0, width, n, m, adds, cs, to, strideC);
    } else {
      product(m, n, k, as, fromA, downA, acrossA, bs, fromB, downB, acrossB, adds, cs, to, strideC);
    }
    if (alpha != 1) {
      scaleRows(cs, to, strideC, m, n, (float) alpha);
    }
  }

  private static void scaleRows(float[] c, int at, int stride, int m, int n, float factor) {
    for (int i = 0; i < m; i++) {
      int row = at + i * stride;
      int j = 0;
      for (; j <= n - LANES; j += LANES) {
        FloatVector.fromArray(FloatTiles.SPECIES, c, row + j).mul(factor).intoArray(c, row + j);
      }
      for (; j < n; j++) {
        c[row + j] *= factor;
      }
    }
  }

  private void product(
      int m,
      int n,
      int k,
      float[] a,
      int atA,
      int downA,
      int acrossA,
      float[] b,
      int atB,
      int downB,
      int acrossB,
      boolean adds,
      float[] c,
      int atC,
      int downC) {
    Memory own = memory.get();
    if (acrossA != 1 && downA == 1 && m >= LANES) {
      own.turned.multiply(m, n, k, a, atA, acrossA, b, atB, downB, acrossB, adds, c, atC, downC);
      return;
    }
    for (int done = 0; done < k; done += DEEP) {
      block(
          own,
          m,
          n,
          Math.min(DEEP, k - done),
          a,
          atA + done * acrossA,
          downA,
          acrossA,
          b,
          atB + done * downB,
          downB,
          acrossB,
          adds || done > 0,
          c,
          atC,
          downC);
    }
  }

  /** Rows of C from rows of A and all columns of B, at most {@link #DEEP} deep. */
  private static void block(
      Memory own,
      int m,
      int n,
      int deep,
      float[] a,
      int atA,
      int downA,
      int acrossA,
      float[] b,
      int atB,
      int downB,
      int acrossB,
      boolean keeps,
      float[] c,
      int atC,
      int downC) {
    int[] rows = own.rows(m, downA);
    int[] columns = acrossA == 1 ? null : own.columns(deep, acrossA);
    int[] rowsC = own.rowsC(m, downC);
    float[] room = FloatRoom.of(DEEP * WIDTH);
    int left = 0;
    int vectors = (n + LANES - 1) / LANES;
    while (vectors > 0) {
      int wide = FloatPanels.wide(vectors);
      int count = Math.min(n - left, wide * LANES);
      boolean whole = count == wide * LANES;
      boolean asItLies = acrossB == 1 && m < FloatPanels.REUSED && count == wide * LANES;
      int from = atB + left * acrossB;
      if (!asItLies) {
        FloatPanels.pack(b, from, downB, acrossB, count, wide, deep, room, FloatRoom.START);
      }
      float[] panel = asItLies ? b : room;
      int atPanel = asItLies ? from : FloatRoom.START;
      int stepPanel = asItLies ? downB : wide * LANES;
      int to = atC + left;
      if (whole) {
        FloatIndirect.panel(
            wide,
            m,
            deep,
            a,
            atA,
            rows,
            0,
            columns,
            0,
            panel,
            atPanel,
            stepPanel,
            keeps ? c : FloatIndirect.ZEROS,
            keeps ? to : 0,
            keeps,
            false,
            c,
            to,
            rowsC,
            0);
      } else {
        ragged(
            wide, count, m, deep, a, atA, rows, columns, panel, atPanel, stepPanel, keeps, own, c,
            to, downC);
      }
      left += wide * LANES;
      vectors -= wide;
    }
  }

  /** A panel whose tiles do not fit into C as they are: they are computed apart and copied. */
  private static void ragged(
      int wide,
      int count,
      int m,
      int deep,
      float[] a,
      int atA,
      int[] rows,
      int @Nullable [] columns,
      float[] b,
      int atB,
      int stepB,
      boolean keeps,
      Memory own,
      float[] c,
      int atC,
      int downC) {
    float[] tile = own.tile;
    int width = wide * LANES;
    int tall;
    for (int row = 0; row < m; row += tall) {
      tall = FloatTiles.tallest(wide, m - row);
      FloatIndirect.panel(
          wide,
          tall,
          deep,
          a,
          atA,
          rows,
          row,
          columns,
          0,
          b,
          atB,
          stepB,
          FloatIndirect.ZEROS,
          0,
          false,
          false,
          tile,
          0,
          own.tileRows[wide],
          0);
      for (int i = 0; i < tall; i++) {
        int to = atC + (row + i) * downC;
        int from = i * width;
        for (int j = 0; j < count; j++) {
          c[to + j] = keeps ? c[to + j] + tile[from + j] : tile[from + j];
        }
      }
    }
  }
}
