package io.kiln.nn.kernel.vector;

import io.kiln.nn.kernel.Rows;
import io.kiln.nn.tensor.Tensor;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** Sums of rows with the Vector API; what only copies goes to the plain loops. */
@SuppressWarnings("cast") // the casts are needed in one of the two widths only
final class FloatRows implements Rows {
  private static final VectorSpecies<Float> SPECIES = FloatLanes.SPECIES;
  private static final int LANES = SPECIES.length();

  private final Rows plain;

  FloatRows(Rows plain) {
    this.plain = plain;
  }

  @Override
  public void gather(Tensor table, int rows, int width, Tensor index, Tensor y) {
    plain.gather(table, rows, width, index, y);
  }

  @Override
  public void scatterAdd(Tensor x, int width, Tensor index, Tensor table) {
    float[] indices = index.floats();
    for (int i = 0, n = index.count(); i < n; i++) {
      int row = (int) indices[index.offset() + i];
      if (row >= 0) {
        int to = table.offset() + row * width;
        add(x.floats(), x.offset() + i * width, table.floats(), to, width);
      }
    }
  }

  /** y += x. */
  private static void add(float[] x, int at, float[] y, int to, int n) {
    int j = 0;
    for (; j <= n - LANES; j += LANES) {
      FloatVector.fromArray(SPECIES, y, to + j)
          .add(FloatVector.fromArray(SPECIES, x, at + j))
          .intoArray(y, to + j);
    }
    for (; j < n; j++) {
      y[to + j] += x[at + j];
    }
  }

  @Override
  public void takeStep(
      Tensor x, int n, int steps, int width, int step, Tensor bias, Tensor block, int at) {
    for (int i = 0; i < n; i++) {
      int from = x.offset() + (i * steps + step) * width;
      int to = block.offset() + at + i * width;
      System.arraycopy(x.floats(), from, block.floats(), to, width);
      if (bias.count() > 0) {
        add(bias.floats(), bias.offset(), block.floats(), to, width);
      }
    }
  }

  @Override
  public void putStep(Tensor block, int at, int n, int steps, int width, int step, Tensor x) {
    plain.putStep(block, at, n, steps, width, step, x);
  }

  @Override
  public void addStep(Tensor x, int n, int steps, int width, int step, Tensor block, int at) {
    for (int i = 0; i < n; i++) {
      int from = x.offset() + (i * steps + step) * width;
      int to = block.offset() + at + i * width;
      add(x.floats(), from, block.floats(), to, width);
    }
  }

  @Override
  public void repeat(Tensor row, int n, int width, Tensor block, int at) {
    plain.repeat(row, n, width, block, at);
  }

  @Override
  public void sum(Tensor block, int at, int rows, int width, double beta, Tensor sum) {
    float[] xs = block.floats();
    int from = block.offset() + at;
    int j = 0;
    for (; j <= width - LANES; j += LANES) {
      sumColumns(xs, from + j, rows, width, (float) beta, sum.floats(), sum.offset() + j);
    }
    for (; j < width; j++) {
      int to = sum.offset() + j;
      float total = beta == 0 ? 0 : (float) beta * sum.floats()[to];
      for (int row = 0; row < rows; row++) {
        total += xs[from + row * width + j];
      }
      sum.floats()[to] = total;
    }
  }

  /** A vector of columns: even and odd rows apart, then both. */
  private static void sumColumns(
      float[] x, int at, int rows, int width, float beta, float[] sum, int to) {
    FloatVector odd = FloatVector.zero(SPECIES);
    FloatVector even = beta == 0 ? odd : FloatVector.fromArray(SPECIES, sum, to).mul(beta);
    int from = at;
    int row = 0;
    for (; row < rows - 1; row += 2, from += 2 * width) {
      even = even.add(FloatVector.fromArray(SPECIES, x, from));
      odd = odd.add(FloatVector.fromArray(SPECIES, x, from + width));
    }
    if (row < rows) {
      even = even.add(FloatVector.fromArray(SPECIES, x, from));
    }
    even.add(odd).intoArray(sum, to);
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
    plain.whereMasked(mask, n, steps, step, width, zero, from, at, to, toAt);
  }

  @Override
  public void addTransposed(Tensor x, int at, int rows, int columns, Tensor y, int to) {
    plain.addTransposed(x, at, rows, columns, y, to);
  }
}
