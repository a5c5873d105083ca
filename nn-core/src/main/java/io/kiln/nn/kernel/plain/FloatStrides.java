package io.kiln.nn.kernel.plain;

import io.kiln.nn.kernel.Strides;
import io.kiln.nn.tensor.Tensor;
import java.util.Arrays;

/** Strided copies and sums in float32. */
@SuppressWarnings("cast") // the casts are needed in one of the two widths only
final class FloatStrides implements Strides {
  @Override
  public void gather(Tensor x, int[] sizes, int[] strides, Tensor y) {
    walk(x.floats(), x.offset(), sizes, strides, y.floats(), y.offset(), y.count(), true);
  }

  @Override
  public void scatterAdd(Tensor x, int[] sizes, int[] strides, Tensor y) {
    walk(y.floats(), y.offset(), sizes, strides, x.floats(), x.offset(), x.count(), false);
  }

  private static void walk(
      float[] strided,
      int start,
      int[] sizes,
      int[] strides,
      float[] dense,
      int begin,
      int count,
      boolean gather) {
    if (count == 0) {
      return;
    }
    int last = sizes.length - 1;
    int inner = last < 0 ? 1 : sizes[last];
    int step = last < 0 ? 0 : strides[last];
    int[] place = new int[sizes.length];
    int at = start;
    for (int to = begin; to < begin + count; to += inner) {
      if (gather) {
        read(strided, at, step, dense, to, inner);
      } else {
        add(strided, at, step, dense, to, inner);
      }
      for (int axis = last - 1; axis >= 0; axis--) {
        at += strides[axis];
        if (++place[axis] < sizes[axis]) {
          break;
        }
        at -= strides[axis] * sizes[axis];
        place[axis] = 0;
      }
    }
  }

  private static void read(float[] x, int at, int step, float[] y, int to, int n) {
    if (step == 1) {
      System.arraycopy(x, at, y, to, n);
      return;
    }
    for (int i = 0; i < n; i++) {
      y[to + i] = x[at + i * step];
    }
  }

  private static void add(float[] sums, int at, int step, float[] x, int to, int n) {
    if (step == 0) {
      double sum = 0;
      for (int i = 0; i < n; i++) {
        sum += x[to + i];
      }
      sums[at] += (float) sum;
      return;
    }
    for (int i = 0; i < n; i++) {
      sums[at + i * step] += x[to + i];
    }
  }

  @Override
  public void hide(
      Tensor scores, int n, int heads, int queries, int keys, boolean causal, Tensor mask) {
    float[] s = scores.floats();
    float[] seen = mask.floats();
    int at = scores.offset();
    for (int sample = 0; sample < n; sample++) {
      for (int row = 0; row < heads * queries; row++) {
        if (causal) {
          int visible = row % queries + 1 + keys - queries;
          Arrays.fill(s, at + Math.max(0, visible), at + keys, Float.NEGATIVE_INFINITY);
        }
        if (mask.count() > 0) {
          int from = mask.offset() + sample * keys;
          for (int j = 0; j < keys; j++) {
            s[at + j] = seen[from + j] == 0 ? Float.NEGATIVE_INFINITY : s[at + j];
          }
        }
        at += keys;
      }
    }
  }
}
