package io.kiln.nn.kernel;

import io.kiln.nn.tensor.Tensor;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Products in float32 with the Vector API: tiles of eight rows by two vectors are summed in
 * registers over panels of B that stay in the first-level cache (Goto and van de Geijn 2008,
 * "Anatomy of high-performance matrix multiplication").
 *
 * <p>Small or thin products go to the BLAS.
 */
@SuppressWarnings("cast") // the casts are needed in one of the two widths only
final class FloatVectorMatrix implements Matrix {
  private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
  private static final int LANES = SPECIES.length();

  /** Columns of a tile. */
  private static final int WIDE = 2 * LANES;

  /** Rows of a tile. */
  private static final int TALL = 8;

  /** Most rows of a panel of B: with {@link #WIDE} columns 32 KiB. */
  private static final int DEEP = 8192 / WIDE;

  /** Rows of A that are taken through all of B at a time. */
  private static final int HIGH = 256;

  /** Rows of A from which copying a panel of B pays. */
  private static final int REUSED = 40;

  /** Multiplications below which the BLAS is as good. */
  private static final long SMALL = 4096;

  private final Matrix blas;
  private final ThreadLocal<Memory> memory = ThreadLocal.withInitial(Memory::new);

  private static final class Memory {
    private final float[] panel = new float[DEEP * WIDE];
    private final float[] rows = new float[HIGH * DEEP];
    private final float[] tile = new float[TALL * WIDE];
  }

  FloatVectorMatrix(Matrix blas) {
    this.blas = blas;
  }

  @Override
  public void multiply(
      boolean transposeA,
      boolean transposeB,
      int m,
      int n,
      int k,
      double alpha,
      Tensor a,
      int atA,
      int strideA,
      Tensor b,
      int atB,
      int strideB,
      double beta,
      Tensor c,
      int atC,
      int strideC) {
    if (isThin(m, n, k)) {
      blas.multiply(
          transposeA,
          transposeB,
          m,
          n,
          k,
          alpha,
          a,
          atA,
          strideA,
          b,
          atB,
          strideB,
          beta,
          c,
          atC,
          strideC);
      return;
    }
    float[] as = a.floats();
    float[] bs = b.floats();
    float[] cs = c.floats();
    int aFrom = a.offset() + atA;
    int bFrom = b.offset() + atB;
    int cFrom = c.offset() + atC;
    // C = A·Bᵀ is also Cᵀ = B·Aᵀ: transpose the smaller of the two.
    if (transposeB && !transposeA && n > 2 * m) {
      product(
          false,
          true,
          n,
          m,
          k,
          (float) alpha,
          bs,
          bFrom,
          strideB,
          as,
          aFrom,
          strideA,
          (float) beta,
          cs,
          cFrom,
          strideC,
          true);
    } else {
      product(
          transposeA,
          transposeB,
          m,
          n,
          k,
          (float) alpha,
          as,
          aFrom,
          strideA,
          bs,
          bFrom,
          strideB,
          (float) beta,
          cs,
          cFrom,
          strideC,
          false);
    }
  }

  private static boolean isThin(int m, int n, int k) {
    return (long) m * n * k < SMALL || k < 4 || m < 4 || n < LANES / 2;
  }

  private void product(
      boolean transposeA,
      boolean transposeB,
      int m,
      int n,
      int k,
      float alpha,
      float[] a,
      int atA,
      int strideA,
      float[] b,
      int atB,
      int strideB,
      float beta,
      float[] c,
      int atC,
      int strideC,
      boolean turned) {
    Memory own = memory.get();
    int passes = (k + DEEP - 1) / DEEP;
    for (int pass = 0; pass < passes; pass++) {
      int from = (int) ((long) k * pass / passes);
      int deep = (int) ((long) k * (pass + 1) / passes) - from;
      float keep = pass == 0 ? beta : 1;
      for (int top = 0; top < m; top += HIGH) {
        int high = Math.min(HIGH, m - top);
        if (transposeA) {
          packRows(a, atA + from * strideA + top, strideA, high, deep, own.rows);
        }
        for (int left = 0; left < n; left += WIDE) {
          int wide = Math.min(WIDE, n - left);
          float[] panel = own.panel;
          int atPanel = 0;
          int stridePanel = WIDE;
          if (transposeB) {
            packTransposed(b, atB + left * strideB + from, strideB, wide, deep, panel);
          } else if (wide < WIDE || high >= REUSED) {
            packColumns(b, atB + from * strideB + left, strideB, wide, deep, panel);
          } else {
            panel = b;
            atPanel = atB + from * strideB + left;
            stridePanel = strideB;
          }
          for (int row = 0; row < high; row += TALL) {
            int tall = Math.min(TALL, high - row);
            int to = turned ? atC + left * strideC + top + row : atC + (top + row) * strideC + left;
            boolean whole = tall == TALL && wide == WIDE && !turned && alpha == 1;
            boolean direct = whole && keep == 0;
            float[] out = direct ? c : own.tile;
            int at = direct ? to : 0;
            int stride = direct ? strideC : WIDE;
            if (transposeA) {
              packedTile(deep, own.rows, row * deep, panel, atPanel, stridePanel, out, at, stride);
            } else {
              int first = atA + (top + row) * strideA + from;
              tile(deep, a, first, strideA, tall, panel, atPanel, stridePanel, out, at, stride);
            }
            if (whole && keep == 1) {
              addTile(own.tile, c, to, strideC);
            } else if (!direct) {
              merge(own.tile, tall, wide, alpha, keep, c, to, strideC, turned);
            }
          }
        }
      }
    }
  }

  /** Rows of op(A), stored as columns, eight at a time: [rows/8][deep][8], 0 beyond the last. */
  private static void packRows(float[] a, int at, int stride, int high, int deep, float[] packed) {
    for (int row = 0; row < high; row += TALL) {
      int to = row * deep;
      int from = at + row;
      if (high - row >= TALL) {
        for (int p = 0; p < deep; p++) {
          packed[to] = a[from];
          packed[to + 1] = a[from + 1];
          packed[to + 2] = a[from + 2];
          packed[to + 3] = a[from + 3];
          packed[to + 4] = a[from + 4];
          packed[to + 5] = a[from + 5];
          packed[to + 6] = a[from + 6];
          packed[to + 7] = a[from + 7];
          to += TALL;
          from += stride;
        }
      } else {
        for (int p = 0; p < deep; p++) {
          for (int r = 0; r < TALL; r++) {
            packed[to + r] = row + r < high ? a[from + r] : 0;
          }
          to += TALL;
          from += stride;
        }
      }
    }
  }

  /** Columns of B as a panel [deep][WIDE], 0 beyond the last. */
  private static void packColumns(
      float[] b, int at, int stride, int wide, int deep, float[] panel) {
    int to = 0;
    int from = at;
    if (wide == WIDE) {
      for (int p = 0; p < deep; p++, to += WIDE, from += stride) {
        FloatVector.fromArray(SPECIES, b, from).intoArray(panel, to);
        FloatVector.fromArray(SPECIES, b, from + LANES).intoArray(panel, to + LANES);
      }
      return;
    }
    for (int p = 0; p < deep; p++, to += WIDE, from += stride) {
      for (int j = 0; j < wide; j++) {
        panel[to + j] = b[from + j];
      }
      for (int j = wide; j < WIDE; j++) {
        panel[to + j] = 0;
      }
    }
  }

  /** Columns of Bᵀ, stored as rows, as a panel [deep][WIDE], 0 beyond the last. */
  private static void packTransposed(
      float[] b, int at, int stride, int wide, int deep, float[] panel) {
    for (int j = 0; j < wide; j++) {
      int from = at + j * stride;
      for (int p = 0, to = j; p < deep; p++, to += WIDE) {
        panel[to] = b[from + p];
      }
    }
    for (int j = wide; j < WIDE; j++) {
      for (int p = 0, to = j; p < deep; p++, to += WIDE) {
        panel[to] = 0;
      }
    }
  }

  /** C = α·tile + keep·C for the part of the tile that is in C, or in Cᵀ if turned. */
  private static void merge(
      float[] tile,
      int tall,
      int wide,
      float alpha,
      float keep,
      float[] c,
      int to,
      int stride,
      boolean turned) {
    int down = turned ? 1 : stride;
    int across = turned ? stride : 1;
    for (int i = 0; i < tall; i++) {
      int at = to + i * down;
      for (int j = 0; j < wide; j++, at += across) {
        float sum = alpha * tile[i * WIDE + j];
        c[at] = keep == 0 ? sum : sum + keep * c[at];
      }
    }
  }

  /** C += tile, all of it. */
  private static void addTile(float[] tile, float[] c, int to, int stride) {
    for (int i = 0; i < TALL; i++) {
      int at = to + i * stride;
      load(c, at).add(load(tile, i * WIDE)).intoArray(c, at);
      int next = at + LANES;
      load(c, next).add(load(tile, i * WIDE + LANES)).intoArray(c, next);
    }
  }

  private static FloatVector load(float[] x, int at) {
    return FloatVector.fromArray(SPECIES, x, at);
  }

  /**
   * One tile: c = A·panel, or c += A·panel if {@code adds}, from {@code tall} rows of A; the rows
   * of c beyond them get numbers without meaning.
   */
  private static void tile(
      int deep,
      float[] a,
      int at,
      int strideA,
      int tall,
      float[] b,
      int atB,
      int strideB,
      float[] c,
      int atC,
      int strideC) {
    int a0 = at;
    int a1 = tall > 1 ? at + strideA : at;
    int a2 = tall > 2 ? at + 2 * strideA : at;
    int a3 = tall > 3 ? at + 3 * strideA : at;
    int a4 = tall > 4 ? at + 4 * strideA : at;
    int a5 = tall > 5 ? at + 5 * strideA : at;
    int a6 = tall > 6 ? at + 6 * strideA : at;
    int a7 = tall > 7 ? at + 7 * strideA : at;
    FloatVector zero = FloatVector.zero(SPECIES);
    FloatVector c00 = zero;
    FloatVector c01 = zero;
    FloatVector c10 = zero;
    FloatVector c11 = zero;
    FloatVector c20 = zero;
    FloatVector c21 = zero;
    FloatVector c30 = zero;
    FloatVector c31 = zero;
    FloatVector c40 = zero;
    FloatVector c41 = zero;
    FloatVector c50 = zero;
    FloatVector c51 = zero;
    FloatVector c60 = zero;
    FloatVector c61 = zero;
    FloatVector c70 = zero;
    FloatVector c71 = zero;
    int row = atB;
    for (int p = 0; p < deep; p++) {
      FloatVector b0 = load(b, row);
      FloatVector b1 = load(b, row + LANES);
      row += strideB;
      FloatVector x = FloatVector.broadcast(SPECIES, a[a0 + p]);
      c00 = x.fma(b0, c00);
      c01 = x.fma(b1, c01);
      x = FloatVector.broadcast(SPECIES, a[a1 + p]);
      c10 = x.fma(b0, c10);
      c11 = x.fma(b1, c11);
      x = FloatVector.broadcast(SPECIES, a[a2 + p]);
      c20 = x.fma(b0, c20);
      c21 = x.fma(b1, c21);
      x = FloatVector.broadcast(SPECIES, a[a3 + p]);
      c30 = x.fma(b0, c30);
      c31 = x.fma(b1, c31);
      x = FloatVector.broadcast(SPECIES, a[a4 + p]);
      c40 = x.fma(b0, c40);
      c41 = x.fma(b1, c41);
      x = FloatVector.broadcast(SPECIES, a[a5 + p]);
      c50 = x.fma(b0, c50);
      c51 = x.fma(b1, c51);
      x = FloatVector.broadcast(SPECIES, a[a6 + p]);
      c60 = x.fma(b0, c60);
      c61 = x.fma(b1, c61);
      x = FloatVector.broadcast(SPECIES, a[a7 + p]);
      c70 = x.fma(b0, c70);
      c71 = x.fma(b1, c71);
    }
    c00.intoArray(c, atC);
    c01.intoArray(c, atC + LANES);
    c10.intoArray(c, atC + strideC);
    c11.intoArray(c, atC + strideC + LANES);
    c20.intoArray(c, atC + 2 * strideC);
    c21.intoArray(c, atC + 2 * strideC + LANES);
    c30.intoArray(c, atC + 3 * strideC);
    c31.intoArray(c, atC + 3 * strideC + LANES);
    c40.intoArray(c, atC + 4 * strideC);
    c41.intoArray(c, atC + 4 * strideC + LANES);
    c50.intoArray(c, atC + 5 * strideC);
    c51.intoArray(c, atC + 5 * strideC + LANES);
    c60.intoArray(c, atC + 6 * strideC);
    c61.intoArray(c, atC + 6 * strideC + LANES);
    c70.intoArray(c, atC + 7 * strideC);
    c71.intoArray(c, atC + 7 * strideC + LANES);
  }

  /** The same tile from rows that {@link #packRows} packed. */
  private static void packedTile(
      int deep,
      float[] a,
      int at,
      float[] b,
      int atB,
      int strideB,
      float[] c,
      int atC,
      int strideC) {
    FloatVector zero = FloatVector.zero(SPECIES);
    FloatVector c00 = zero;
    FloatVector c01 = zero;
    FloatVector c10 = zero;
    FloatVector c11 = zero;
    FloatVector c20 = zero;
    FloatVector c21 = zero;
    FloatVector c30 = zero;
    FloatVector c31 = zero;
    FloatVector c40 = zero;
    FloatVector c41 = zero;
    FloatVector c50 = zero;
    FloatVector c51 = zero;
    FloatVector c60 = zero;
    FloatVector c61 = zero;
    FloatVector c70 = zero;
    FloatVector c71 = zero;
    int row = atB;
    for (int p = 0; p < deep; p++) {
      int q = at + p * TALL;
      FloatVector b0 = load(b, row);
      FloatVector b1 = load(b, row + LANES);
      row += strideB;
      FloatVector x = FloatVector.broadcast(SPECIES, a[q]);
      c00 = x.fma(b0, c00);
      c01 = x.fma(b1, c01);
      x = FloatVector.broadcast(SPECIES, a[q + 1]);
      c10 = x.fma(b0, c10);
      c11 = x.fma(b1, c11);
      x = FloatVector.broadcast(SPECIES, a[q + 2]);
      c20 = x.fma(b0, c20);
      c21 = x.fma(b1, c21);
      x = FloatVector.broadcast(SPECIES, a[q + 3]);
      c30 = x.fma(b0, c30);
      c31 = x.fma(b1, c31);
      x = FloatVector.broadcast(SPECIES, a[q + 4]);
      c40 = x.fma(b0, c40);
      c41 = x.fma(b1, c41);
      x = FloatVector.broadcast(SPECIES, a[q + 5]);
      c50 = x.fma(b0, c50);
      c51 = x.fma(b1, c51);
      x = FloatVector.broadcast(SPECIES, a[q + 6]);
      c60 = x.fma(b0, c60);
      c61 = x.fma(b1, c61);
      x = FloatVector.broadcast(SPECIES, a[q + 7]);
      c70 = x.fma(b0, c70);
      c71 = x.fma(b1, c71);
    }
    c00.intoArray(c, atC);
    c01.intoArray(c, atC + LANES);
    c10.intoArray(c, atC + strideC);
    c11.intoArray(c, atC + strideC + LANES);
    c20.intoArray(c, atC + 2 * strideC);
    c21.intoArray(c, atC + 2 * strideC + LANES);
    c30.intoArray(c, atC + 3 * strideC);
    c31.intoArray(c, atC + 3 * strideC + LANES);
    c40.intoArray(c, atC + 4 * strideC);
    c41.intoArray(c, atC + 4 * strideC + LANES);
    c50.intoArray(c, atC + 5 * strideC);
    c51.intoArray(c, atC + 5 * strideC + LANES);
    c60.intoArray(c, atC + 6 * strideC);
    c61.intoArray(c, atC + 6 * strideC + LANES);
    c70.intoArray(c, atC + 7 * strideC);
    c71.intoArray(c, atC + 7 * strideC + LANES);
  }
}
