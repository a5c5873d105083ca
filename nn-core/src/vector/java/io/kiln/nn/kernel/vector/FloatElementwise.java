package io.kiln.nn.kernel.vector;

import io.kiln.nn.kernel.Elementwise;
import io.kiln.nn.tensor.Tensor;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Loops over elements with the Vector API: the compiler alone does not vectorise loops over slices
 * whose offsets it does not know. The last elements go to the plain loops.
 */
@SuppressWarnings("cast") // the casts are needed in one of the two widths only
final class FloatElementwise implements Elementwise {
  private static final VectorSpecies<Float> SPECIES = FloatLanes.SPECIES;
  private static final int LANES = SPECIES.length();

  private final Elementwise plain;

  FloatElementwise(Elementwise plain) {
    this.plain = plain;
  }

  @Override
  public void add(Tensor x, Tensor y, Tensor out) {
    float[] xs = x.floats();
    float[] ys = y.floats();
    float[] outs = out.floats();
    int at = x.offset();
    int by = y.offset();
    int to = out.offset();
    int n = out.count();
    int i = 0;
    for (; i <= n - LANES; i += LANES) {
      FloatVector.fromArray(SPECIES, xs, at + i)
          .add(FloatVector.fromArray(SPECIES, ys, by + i))
          .intoArray(outs, to + i);
    }
    for (; i < n; i++) {
      outs[to + i] = xs[at + i] + ys[by + i];
    }
  }

  @Override
  public void accumulate(double alpha, Tensor x, Tensor y) {
    float[] xs = x.floats();
    float[] ys = y.floats();
    int at = x.offset();
    int to = y.offset();
    int n = y.count();
    float a = (float) alpha;
    int i = 0;
    for (; i <= n - LANES; i += LANES) {
      FloatVector.fromArray(SPECIES, xs, at + i)
          .mul(a)
          .add(FloatVector.fromArray(SPECIES, ys, to + i))
          .intoArray(ys, to + i);
    }
    for (; i < n; i++) {
      ys[to + i] += a * xs[at + i];
    }
  }

  @Override
  public void scale(double alpha, Tensor x, Tensor y) {
    float[] xs = x.floats();
    float[] ys = y.floats();
    int at = x.offset();
    int to = y.offset();
    int n = y.count();
    float a = (float) alpha;
    int i = 0;
    for (; i <= n - LANES; i += LANES) {
      FloatVector.fromArray(SPECIES, xs, at + i).mul(a).intoArray(ys, to + i);
    }
    for (; i < n; i++) {
      ys[to + i] = a * xs[at + i];
    }
  }

  @Override
  public void repeatRow(Tensor b, int rows, Tensor y) {
    plain.repeatRow(b, rows, y);
  }

  @Override
  public void addRow(Tensor b, int rows, Tensor y) {
    float[] bs = b.floats();
    float[] ys = y.floats();
    int columns = b.count();
    int at = b.offset();
    int to = y.offset();
    for (int row = 0; row < rows; row++, to += columns) {
      int j = 0;
      for (; j <= columns - LANES; j += LANES) {
        FloatVector.fromArray(SPECIES, ys, to + j)
            .add(FloatVector.fromArray(SPECIES, bs, at + j))
            .intoArray(ys, to + j);
      }
      for (; j < columns; j++) {
        ys[to + j] += bs[at + j];
      }
    }
  }

  @Override
  public void transpose(Tensor x, int rows, int columns, Tensor y) {
    FloatPanels.turn(
        x.floats(), x.offset(), columns, rows, columns, false, y.floats(), y.offset(), rows);
  }

  @Override
  public void sumRows(Tensor x, int rows, double beta, Tensor sum) {
    float[] xs = x.floats();
    float[] sums = sum.floats();
    int columns = sum.count();
    int to = sum.offset();
    float b = (float) beta;
    int j = 0;
    for (; j <= columns - LANES; j += LANES) {
      FloatVector total =
          beta == 0
              ? FloatVector.zero(SPECIES)
              : FloatVector.fromArray(SPECIES, sums, to + j).mul(b);
      int at = x.offset() + j;
      for (int row = 0; row < rows; row++, at += columns) {
        total = total.add(FloatVector.fromArray(SPECIES, xs, at));
      }
      total.intoArray(sums, to + j);
    }
    for (; j < columns; j++) {
      float total = beta == 0 ? 0 : b * sums[to + j];
      int at = x.offset() + j;
      for (int row = 0; row < rows; row++, at += columns) {
        total += xs[at];
      }
      sums[to + j] = total;
    }
  }

  @Override
  public void relu(Tensor x, Tensor y) {
    float[] xs = x.floats();
    float[] ys = y.floats();
    int at = x.offset();
    int to = y.offset();
    int n = y.count();
    FloatVector zero = FloatVector.zero(SPECIES);
    int i = 0;
    for (; i <= n - LANES; i += LANES) {
      FloatVector.fromArray(SPECIES, xs, at + i).max(zero).intoArray(ys, to + i);
    }
    for (; i < n; i++) {
      ys[to + i] = Math.max(xs[at + i], 0);
    }
  }

  @Override
  public void reluBackward(Tensor y, Tensor dy, Tensor dx) {
    float[] ys = y.floats();
    float[] dys = dy.floats();
    float[] dxs = dx.floats();
    int at = y.offset();
    int by = dy.offset();
    int to = dx.offset();
    int n = dx.count();
    FloatVector zero = FloatVector.zero(SPECIES);
    int i = 0;
    for (; i <= n - LANES; i += LANES) {
      zero.blend(
              FloatVector.fromArray(SPECIES, dys, by + i),
              FloatVector.fromArray(SPECIES, ys, at + i).compare(VectorOperators.GT, zero))
          .intoArray(dxs, to + i);
    }
    for (; i < n; i++) {
      dxs[to + i] = ys[at + i] > 0 ? dys[by + i] : 0;
    }
  }

  @Override
  public double sum(Tensor x) {
    return plain.sum(x);
  }

  @Override
  public double sumOfSquares(Tensor x) {
    return plain.sumOfSquares(x);
  }
}
