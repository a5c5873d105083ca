package io.kiln.nn.kernel.plain;

import io.kiln.nn.kernel.SparseProducts;
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

  @Override
  public void multiply(SparseRows a, int n, Tensor x, int width, double beta, Tensor y) {
    float[] ys = y.floats();
    int[] starts = a.starts();
    for (int row = 0; row < n; row++) {
      int to = y.offset() + row * width;
      if (beta == 0) {
        Arrays.fill(ys, to, to + width, 0);
      }
      int k = starts[row];
      for (; k < starts[row + 1] - 3; k += 4) {
        addFour(a, k, x, width, ys, to);
      }
      for (; k < starts[row + 1]; k++) {
        addOne(a, k, x, width, ys, to);
      }
    }
  }

  private static void addFour(SparseRows a, int k, Tensor x, int width, float[] ys, int to) {
    float[] xs = x.floats();
    int[] columns = a.indices();
    float v0 = a.value(k);
    float v1 = a.value(k + 1);
    float v2 = a.value(k + 2);
    float v3 = a.value(k + 3);
    int at0 = x.offset() + columns[k] * width;
    int at1 = x.offset() + columns[k + 1] * width;
    int at2 = x.offset() + columns[k + 2] * width;
    int at3 = x.offset() + columns[k + 3] * width;
    for (int j = 0; j < width; j++) {
      ys[to + j] += v0 * xs[at0 + j] + v1 * xs[at1 + j] + v2 * xs[at2 + j] + v3 * xs[at3 + j];
    }
  }

  private static void addOne(SparseRows a, int k, Tensor x, int width, float[] ys, int to) {
    float[] xs = x.floats();
    float value = a.value(k);
    int at = x.offset() + a.indices()[k] * width;
    for (int j = 0; j < width; j++) {
      ys[to + j] += value * xs[at + j];
    }
  }
}
