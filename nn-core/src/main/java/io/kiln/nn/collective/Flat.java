package io.kiln.nn.collective;

import io.kiln.nn.tensor.DType;
import io.kiln.nn.tensor.Tensor;

/** Adding and copying parts of flat tensors of one width. Positions count from the tensor's own. */
final class Flat {
  private Flat() {}

  /** {@code to[i..i+n) = a[i..i+n) + b[i..i+n)}; {@code to} may be {@code a}. */
  static void sum(Tensor to, Tensor a, Tensor b, int i, int n) {
    int at = to.offset() + i;
    if (to == a || a.offset() != to.offset() || b.offset() != to.offset()) {
      copy(to, i, a, i, n);
      add(to, i, b, i, n);
    } else if (to.dtype() == DType.FLOAT32) {
      sum(to.floats(), a.floats(), b.floats(), at, at + n);
    } else {
      sum(to.doubles(), a.doubles(), b.doubles(), at, at + n);
    }
  }

  private static void sum(float[] to, float[] a, float[] b, int at, int end) {
    for (int k = at; k < end; k++) {
      to[k] = a[k] + b[k];
    }
  }

  private static void sum(double[] to, double[] a, double[] b, int at, int end) {
    for (int k = at; k < end; k++) {
      to[k] = a[k] + b[k];
    }
  }

  /** {@code to[t..t+n) += b[j..j+n)}. */
  static void add(Tensor to, int t, Tensor b, int j, int n) {
    if (to.dtype() == DType.FLOAT32) {
      add(to.floats(), to.offset() + t, b.floats(), b.offset() + j, n);
    } else {
      add(to.doubles(), to.offset() + t, b.doubles(), b.offset() + j, n);
    }
  }

  /** The compiler makes vectors of a loop whose arrays have the same index, and of no other. */
  static void add(float[] to, int t, float[] b, int j, int n) {
    if (t == j) {
      for (int k = t, end = t + n; k < end; k++) {
        to[k] += b[k];
      }
      return;
    }
    for (int k = 0; k < n; k++) {
      to[t + k] += b[j + k];
    }
  }

  static void add(double[] to, int t, double[] b, int j, int n) {
    if (t == j) {
      for (int k = t, end = t + n; k < end; k++) {
        to[k] += b[k];
      }
      return;
    }
    for (int k = 0; k < n; k++) {
      to[t + k] += b[j + k];
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
