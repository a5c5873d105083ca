package io.kiln.nn.kernel.vector;

import org.jspecify.annotations.Nullable;

/**
 * What the tiles compute, without vectors: each sum takes the same numbers in the same order with
 * the same fused operation, so not a bit differs. A JVM that has not compiled a method yet makes an
 * object of every vector; these loops are then a hundred times faster, see {@link FloatWarmth}.
 */
final class FloatColdTiles {
  private FloatColdTiles() {}

  /** See {@link FloatTiles#run}; without a table the columns of A lie together. */
  static void run(
      int width,
      int tall,
      int deep,
      float[] a,
      int atA,
      int[] rows,
      int atRow,
      int @Nullable [] columns,
      int atColumn,
      float[] b,
      int atB,
      int stepB,
      float[] first,
      int atFirst,
      int[] rowsFirst,
      int fromFirst,
      float[] c,
      int atC,
      int[] rowsC,
      int fromC) {
    for (int i = 0; i < tall; i++) {
      int from = atA + rows[atRow + i];
      int to = atC + rowsC[fromC + i];
      System.arraycopy(first, atFirst + rowsFirst[fromFirst + i], c, to, width);
      for (int p = 0; p < deep; p++) {
        float x = a[from + (columns == null ? p : columns[atColumn + p])];
        add(x, b, atB + p * stepB, c, to, width);
      }
    }
  }

  /** See {@link FloatTiles#runBoth}. */
  static void runBoth(
      int width,
      int tall,
      int deep,
      float[] a,
      int atA,
      float[] b,
      int atB,
      float[] first,
      int atFirst,
      int downFirst,
      float[] c,
      int atC,
      int downC) {
    for (int i = 0; i < tall; i++) {
      int to = atC + i * downC;
      System.arraycopy(first, atFirst + i * downFirst, c, to, width);
      for (int p = 0; p < deep; p++) {
        add(a[atA + p * tall + i], b, atB + p * width, c, to, width);
      }
    }
  }

  private static void add(float x, float[] b, int atB, float[] c, int atC, int width) {
    for (int j = 0; j < width; j++) {
      c[atC + j] = Math.fma(x, b[atB + j], c[atC + j]);
    }
  }
}
