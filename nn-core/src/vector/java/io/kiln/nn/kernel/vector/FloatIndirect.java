package io.kiln.nn.kernel.vector;

import io.kiln.nn.kernel.Choices;
import io.kiln.nn.kernel.IndirectMatrix;
import io.kiln.nn.kernel.IndirectOperand;
import io.kiln.nn.kernel.Operand;
import io.kiln.nn.tensor.Tensor;
import jdk.incubator.vector.FloatVector;
import org.jspecify.annotations.Nullable;

/** Indirect products in float32 with the Vector API. */
final class FloatIndirect implements IndirectMatrix {
  private static final int LANES = FloatTiles.LANES;

  /**
   * Most rows of B at a time: with as many vectors as a tile mostly has they are at most 32 KiB,
   * which stay in a first-level cache; 128 or 256.
   */
  static final int DEEP = Choices.here().deep(FloatTiles.WIDEST * LANES * Float.BYTES);

  /** Most rows of a tile. */
  static final int TALLEST = 12;

  /** A first row of nothing. */
  static final float[] ZEROS = new float[FloatPanels.WIDEST * LANES];

  /** Places of the rows of a tile that are all the same row. */
  private static final int[] SAME = new int[TALLEST];

  /** Most rows of B that are copied together. */
  private static final int MOST_COPIED = 2048;

  @Override
  public int lanes() {
    return LANES;
  }

  @Override
  public void pack(
      int k, int n, Tensor b, int atB, int stepRow, int stepColumn, Tensor packed, int atPacked) {
    int left = 0;
    int vectors = padded(n) / LANES;
    while (vectors > 0) {
      int wide = FloatPanels.wide(vectors);
      FloatPanels.pack(
          b.floats(),
          b.offset() + atB + left * stepColumn,
          stepRow,
          stepColumn,
          Math.min(n - left, wide * LANES),
          wide,
          k,
          packed.floats(),
          packed.offset() + atPacked + left * k);
      left += wide * LANES;
      vectors -= wide;
    }
  }

  @Override
  public void multiply(
      int m,
      int n,
      int k,
      IndirectOperand a,
      Operand b,
      @Nullable Tensor first,
      boolean rectified,
      IndirectOperand c) {
    int strideB = b.stride();
    int left = 0;
    int vectors = padded(n) / LANES;
    while (vectors > 0) {
      int wide = FloatPanels.wide(vectors);
      int width = wide * LANES;
      int to = c.first() + left;
      boolean adds = first == c.tensor();
      float[] panel = b.tensor().floats();
      int atPanel = b.first() + (strideB == PACKED ? left * k : left);
      int step = strideB == PACKED ? width : strideB;
      if (step != width && m >= FloatPanels.REUSED && k <= MOST_COPIED) {
        float[] own = FloatRoom.of(k * width);
        FloatPanels.packRows(panel, atPanel, step, width, wide, k, own, FloatRoom.START);
        panel = own;
        atPanel = FloatRoom.START;
        step = width;
      }
      panel(
          wide,
          m,
          k,
          a.tensor().floats(),
          a.first(),
          a.rows(),
          a.from(),
          a.columns(),
          0,
          panel,
          atPanel,
          step,
          first == null ? ZEROS : first.floats(),
          adds ? to : first == null ? 0 : first.offset() + left,
          adds,
          rectified,
          c.tensor().floats(),
          to,
          c.rows(),
          c.from());
      left += width;
      vectors -= wide;
    }
  }

  /** All rows of C for one panel of B. */
  static void panel(
      int wide,
      int m,
      int k,
      float[] a,
      int atA,
      int[] rowsA,
      int fromRow,
      int @Nullable [] columns,
      int fromColumn,
      float[] b,
      int atB,
      int strideB,
      float[] first,
      int atFirst,
      boolean adds,
      boolean rectified,
      float[] c,
      int atC,
      int[] rowsC,
      int fromC) {
    int done = 0;
    do {
      int deep = Math.min(DEEP, k - done);
      boolean goesOn = done > 0;
      boolean ends = done + deep == k;
      int tall;
      for (int row = 0; row < m; row += tall) {
        tall = FloatTiles.tallest(wide, m - row);
        boolean repeats = !adds && !goesOn;
        float[] begin = goesOn ? c : first;
        int atBegin = goesOn ? atC : atFirst;
        int[] rowsBegin = repeats ? SAME : rowsC;
        int fromBegin = repeats ? 0 : fromC + row;
        int atPanel = atB + done * strideB;
        if (columns == null) {
          FloatTiles.run(
              wide,
              tall,
              deep,
              a,
              atA + fromColumn + done,
              rowsA,
              fromRow + row,
              b,
              atPanel,
              strideB,
              begin,
              atBegin,
              rowsBegin,
              fromBegin,
              c,
              atC,
              rowsC,
              fromC + row);
        } else {
          FloatTiles.run(
              wide,
              tall,
              deep,
              a,
              atA,
              rowsA,
              fromRow + row,
              columns,
              fromColumn + done,
              b,
              atPanel,
              strideB,
              begin,
              atBegin,
              rowsBegin,
              fromBegin,
              c,
              atC,
              rowsC,
              fromC + row);
        }
        if (rectified && ends) {
          rectify(c, atC, rowsC, fromC + row, tall, wide * LANES);
        }
      }
      done += deep;
    } while (done < k);
  }

  private static void rectify(float[] c, int atC, int[] rowsC, int fromC, int count, int width) {
    FloatVector zero = FloatVector.zero(FloatTiles.SPECIES);
    for (int i = 0; i < count; i++) {
      int at = atC + rowsC[fromC + i];
      for (int j = 0; j < width; j += LANES) {
        FloatVector.fromArray(FloatTiles.SPECIES, c, at + j).max(zero).intoArray(c, at + j);
      }
    }
  }
}
