package io.kiln.nn.collective;

import io.kiln.nn.tensor.DType;
import io.kiln.nn.tensor.Tensor;

/** Adding and copying parts of flat tensors of one width. Positions count from the tensor's own. */
final class Flat {
  private Flat() {}

  /** {@code out[o..o+n) = a[i..i+n) + b[j..j+n)}; {@code out} may be {@code a} or {@code b}. */
  static void sum(Tensor out, int o, Tensor a, int i, Tensor b, int j, int n) {
    if (out.dtype() == DType.FLOAT32) {
      sum(
          out.floats(),
          out.offset() + o,
          a.floats(),
          a.offset() + i,
          b.floats(),
          b.offset() + j,
          n);
    } else {
      sum(
          out.doubles(),
          out.offset() + o,
          a.doubles(),
          a.offset() + i,
          b.doubles(),
          b.offset() + j,
          n);
    }
  }

  static void sum(float[] out, int o, float[] a, int i, float[] b, int j, int n) {
    for (int k = 0; k < n; k++) {
      out[o + k] = a[i + k] + b[j + k];
    }
  }

  static void sum(double[] out, int o, double[] a, int i, double[] b, int j, int n) {
    for (int k = 0; k < n; k++) {
      out[o + k] = a[i + k] + b[j + k];
    }
  }

  /** {@code to[t..t+n) = from[f..f+n)}; nothing to do if they are the same place. */
  static void copy(Tensor to, int t, Tensor from, int f, int n) {
    if (to.dtype() == DType.FLOAT32) {
      copy(to.floats(), to.offset() + t, from.floats(), from.offset() + f, n);
    } else {
      copy(to.doubles(), to.offset() + t, from.doubles(), from.offset() + f, n);
    }
  }

  private static void copy(Object to, int t, Object from, int f, int n) {
    if (to != from || t != f) {
      System.arraycopy(from, f, to, t, n);
    }
  }
}
