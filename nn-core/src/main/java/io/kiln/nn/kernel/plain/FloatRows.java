package io.kiln.nn.kernel.plain;

import io.kiln.nn.kernel.Rows;
import io.kiln.nn.tensor.Tensor;
import java.util.Arrays;

/** Rows in float32. */
@SuppressWarnings("cast") // the casts are needed in one of the two widths only
final class FloatRows implements Rows {
  private static final int TILE = 16;

  @Override
  public void gather(Tensor table, int rows, int width, Tensor index, Tensor y) {
    float[] from = table.floats();
    float[] ys = y.floats();
    for (int i = 0, n = index.count(); i < n; i++) {
      int row = row(index, i, rows);
      int to = y.offset() + i * width;
      if (row < 0) {
        Arrays.fill(ys, to, to + width, 0);
      } else {
        System.arraycopy(from, table.offset() + row * width, ys, to, width);
      }
    }
  }

  private static int row(Tensor index, int i, int rows) {
    int row = (int) index.floats()[index.offset() + i];
    if (row >= rows) {
      throw new IllegalArgumentException(
          "embedding: index "
              + row
              + " at place "
              + i
              + " but the table has "
              + rows
              + " rows; indices are 0 to "
              + (rows - 1)
              + ", or below 0 for none");
    }
    return row;
  }

  @Override
  public void scatterAdd(Tensor x, int width, Tensor index, Tensor table) {
    float[] xs = x.floats();
    float[] sums = table.floats();
    float[] indices = index.floats();
    for (int i = 0, n = index.count(); i < n; i++) {
      int row = (int) indices[index.offset() + i];
      if (row >= 0) {
        int at = x.offset() + i * width;
        int to = table.offset() + row * width;
        for (int j = 0; j < width; j++) {
          sums[to + j] += xs[at + j];
        }
      }
    }
  }

  @Override
  public void takeStep(
      Tensor x, int n, int steps, int width, int step, Tensor bias, Tensor block, int at) {
    float[] xs = x.floats();
    float[] bs = bias.floats();
    float[] ys = block.floats();
    for (int i = 0; i < n; i++) {
      int from = x.offset() + (i * steps + step) * width;
      int to = block.offset() + at + i * width;
      if (bias.count() == 0) {
        System.arraycopy(xs, from, ys, to, width);
      } else {
        int by = bias.offset();
        for (int j = 0; j < width; j++) {
          ys[to + j] = xs[from + j] + bs[by + j];
        }
      }
    }
  }

  @Override
  public void putStep(Tensor block, int at, int n, int steps, int width, int step, Tensor x) {
    float[] ys = block.floats();
    float[] xs = x.floats();
    for (int i = 0; i < n; i++) {
      int from = block.offset() + at + i * width;
      System.arraycopy(ys, from, xs, x.offset() + (i * steps + step) * width, width);
    }
  }

  @Override
  public void addStep(Tensor x, int n, int steps, int width, int step, Tensor block, int at) {
    float[] xs = x.floats();
    float[] ys = block.floats();
    for (int i = 0; i < n; i++) {
      int from = x.offset() + (i * steps + step) * width;
      int to = block.offset() + at + i * width;
      for (int j = 0; j < width; j++) {
        ys[to + j] += xs[from + j];
      }
    }
  }

  @Override
  public void repeat(Tensor row, int n, int width, Tensor block, int at) {
    int to = block.offset() + at;
    if (row.count() == 0) {
      Arrays.fill(block.floats(), to, to + n * width, 0);
      return;
    }
    for (int i = 0; i < n; i++) {
      System.arraycopy(row.floats(), row.offset(), block.floats(), to + i * width, width);
    }
  }

  @Override
  public void sum(Tensor block, int at, int rows, int width, double beta, Tensor sum) {
    float[] xs = block.floats();
    float[] sums = sum.floats();
    int to = sum.offset();
    for (int j = to; j < to + width; j++) {
      sums[j] = beta == 0 ? 0 : sums[j] * (float) beta;
    }
    int row = 0;
    for (; row < rows - 3; row += 4) {
      int a = block.offset() + at + row * width;
      int b = a + width;
      int c = b + width;
      int d = c + width;
      for (int j = 0; j < width; j++) {
        sums[to + j] += (xs[a + j] + xs[b + j]) + (xs[c + j] + xs[d + j]);
      }
    }
    for (; row < rows; row++) {
      int a = block.offset() + at + row * width;
      for (int j = 0; j < width; j++) {
        sums[to + j] += xs[a + j];
      }
    }
  }

  @Override
  public void whereMasked(
      Tensor mask,
      int n,
      int steps,
      int step,
      int width,
      boolean zero,
      Tensor from,
      int at,
      Tensor to,
      int toAt) {
    float[] masks = mask.floats();
    for (int i = 0; i < n; i++) {
      if (masks[mask.offset() + i * steps + step] == 0) {
        int into = to.offset() + toAt + i * width;
        if (zero) {
          Arrays.fill(to.floats(), into, into + width, 0);
        } else {
          System.arraycopy(from.floats(), from.offset() + at + i * width, to.floats(), into, width);
        }
      }
    }
  }

  @Override
  public void addTransposed(Tensor x, int at, int rows, int columns, Tensor y, int to) {
    float[] xs = x.floats();
    float[] ys = y.floats();
    int from = x.offset() + at;
    int into = y.offset() + to;
    for (int left = 0; left < columns; left += TILE) {
      int right = Math.min(columns, left + TILE);
      for (int i = 0; i < rows; i++) {
        for (int j = left; j < right; j++) {
          ys[into + i * columns + j] += xs[from + j * rows + i];
        }
      }
    }
  }
}
