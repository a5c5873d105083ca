package io.kiln.nn.kernel.vector;

import org.jspecify.annotations.Nullable;

/**
 * What the tiles compute, without vectors: each sum takes the same numbers in the same order with
 * the same fused operation, so not a bit differs. A JVM that has not compiled a method yet makes an
 * object of every vector; these loops are then a hundred times faster, see {@link FloatWarmth}.
 */
final class FloatColdTiles {
  private FloatColdTiles() {}

  /** Steps of the inner size that are done together, so that a sum is loaded and stored once. */
  private static final int TOGETHER = 8;

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
    float[] row = new float[deep];
    for (int i = 0; i < tall; i++) {
      int from = atA + rows[atRow + i];
      for (int p = 0; p < deep; p++) {
        row[p] = a[from + (columns == null ? p : columns[atColumn + p])];
      }
      int to = atC + rowsC[fromC + i];
      System.arraycopy(first, atFirst + rowsFirst[fromFirst + i], c, to, width);
      row(row, deep, b, atB, stepB, c, to, width);
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
    float[] row = new float[deep];
    for (int i = 0; i < tall; i++) {
      for (int p = 0; p < deep; p++) {
        row[p] = a[atA + p * tall + i];
      }
      int to = atC + i * downC;
      System.arraycopy(first, atFirst + i * downFirst, c, to, width);
      row(row, deep, b, atB, width, c, to, width);
    }
  }

  /** c[j] += sum over p of a[p] * b[p, j], in the order of p. */
  private static void row(
      float[] a, int deep, float[] b, int atB, int stepB, float[] c, int atC, int width) {
    int p = 0;
    for (; p <= deep - TOGETHER; p += TOGETHER) {
      some(a, p, b, atB + p * stepB, stepB, c, atC, width);
    }
    for (; p < deep; p++) {
      int from = atB + p * stepB;
      float x = a[p];
      for (int j = 0; j < width; j++) {
        c[atC + j] = Math.fma(x, b[from + j], c[atC + j]);
      }
    }
  }

  private static void some(
      float[] a, int p, float[] b, int atB, int stepB, float[] c, int atC, int width) {
    float x0 = a[p];
    float x1 = a[p + 1];
    float x2 = a[p + 2];
    float x3 = a[p + 3];
    float x4 = a[p + 4];
    float x5 = a[p + 5];
    float x6 = a[p + 6];
    float x7 = a[p + 7];
    int b1 = atB + stepB;
    int b2 = b1 + stepB;
    int b3 = b2 + stepB;
    int b4 = b3 + stepB;
    int b5 = b4 + stepB;
    int b6 = b5 + stepB;
    int b7 = b6 + stepB;
    for (int j = 0; j < width; j++) {
      float sum = Math.fma(x0, b[atB + j], c[atC + j]);
      sum = Math.fma(x1, b[b1 + j], sum);
      sum = Math.fma(x2, b[b2 + j], sum);
      sum = Math.fma(x3, b[b3 + j], sum);
      sum = Math.fma(x4, b[b4 + j], sum);
      sum = Math.fma(x5, b[b5 + j], sum);
      sum = Math.fma(x6, b[b6 + j], sum);
      c[atC + j] = Math.fma(x7, b[b7 + j], sum);
    }
  }
}
