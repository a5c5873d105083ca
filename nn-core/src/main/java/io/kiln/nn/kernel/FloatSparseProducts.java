package io.kiln.nn.kernel;

import io.kiln.nn.tensor.SparseRows;
import io.kiln.nn.tensor.Tensor;
import java.util.Arrays;

/** Sparse products in float32. */
final class FloatSparseProducts implements SparseProducts {
  /** Rows of w that are walked through together, so that their pages stay in the TLB. */
  private static final int TILE = 4;

  @Override
  public void pack(Tensor w, int in, int out, int[] columns, int count, Tensor packed) {
    float[] ws = w.floats();
    float[] ps = packed.floats();
    for (int top = 0; top < out; top += TILE) {
      int bottom = Math.min(out, top + TILE);
      for (int p = 0; p < count; p++) {
        int to = packed.offset() + p * out;
        int from = w.offset() + columns[p];
        for (int o = top; o < bottom; o++) {
          ps[to + o] = ws[from + o * in];
        }
      }
    }
  }

  @Override
  public void multiply(SparseRows x, int n, int[] places, Tensor packed, int out, Tensor y) {
    float[] ps = packed.floats();
    float[] ys = y.floats();
    int[] starts = x.starts();
    int[] columns = x.indices();
    for (int row = 0; row < n; row++) {
      int to = y.offset() + row * out;
      for (int k = starts[row]; k < starts[row + 1]; k++) {
        float value = x.value(k);
        int from = packed.offset() + places[columns[k]] * out;
        for (int o = 0; o < out; o++) {
          ys[to + o] += value * ps[from + o];
        }
      }
    }
  }

  @Override
  public void clear(Tensor packed, int numbers) {
    Arrays.fill(packed.floats(), packed.offset(), packed.offset() + numbers, 0);
  }

  @Override
  public void multiplyTransposed(
      SparseRows x, int n, int[] places, Tensor dy, int out, Tensor packed) {
    float[] dys = dy.floats();
    float[] ps = packed.floats();
    int[] starts = x.starts();
    int[] columns = x.indices();
    for (int row = 0; row < n; row++) {
      int from = dy.offset() + row * out;
      for (int k = starts[row]; k < starts[row + 1]; k++) {
        float value = x.value(k);
        int to = packed.offset() + places[columns[k]] * out;
        for (int o = 0; o < out; o++) {
          ps[to + o] += value * dys[from + o];
        }
      }
    }
  }

  @Override
  public void addUnpacked(Tensor packed, int in, int out, int[] columns, int count, Tensor w) {
    float[] ws = w.floats();
    float[] ps = packed.floats();
    for (int top = 0; top < out; top += TILE) {
      int bottom = Math.min(out, top + TILE);
      for (int p = 0; p < count; p++) {
        int from = packed.offset() + p * out;
        int to = w.offset() + columns[p];
        for (int o = top; o < bottom; o++) {
          ws[to + o * in] += ps[from + o];
        }
      }
    }
  }
}
