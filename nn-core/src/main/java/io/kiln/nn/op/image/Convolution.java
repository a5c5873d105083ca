package io.kiln.nn.op.image;

import io.kiln.nn.autograd.Check;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.Tensor;

/**
 * The plain two-dimensional convolutions of one plane with one kernel, as functions: the words in
 * which the gradients of {@link Conv2d} are stated.
 *
 * <p>With y = filter(x, w): dx = full(dy, w), dw = filter(x, dy). With y = valid(x, w): dx =
 * full(dy, turned w), dw = turned filter(x, dy). Written for clarity, not for speed.
 */
public final class Convolution {
  private Convolution() {}

  /**
   * The correlation where the kernel lies inside: y[i, j] = Σ w[r, s]·x[i + r, j + s].
   *
   * <p>Shapes: x {@code [h, w]}, kernel {@code [r, s]} → y {@code [h − r + 1, w − s + 1]}.
   */
  public static Tensor filter(Tensor x, Tensor kernel) {
    return inside("filter", x, kernel, false);
  }

  /**
   * The convolution (the kernel is turned by half a turn) where the kernel lies inside.
   *
   * <p>Shapes: x {@code [h, w]}, kernel {@code [r, s]} → y {@code [h − r + 1, w − s + 1]}.
   */
  public static Tensor valid(Tensor x, Tensor kernel) {
    return inside("valid", x, kernel, true);
  }

  /**
   * The convolution wherever the kernel touches: y[i, j] = Σ w[r, s]·x[i − r, j − s].
   *
   * <p>Shapes: x {@code [h, w]}, kernel {@code [r, s]} → y {@code [h + r − 1, w + s − 1]}.
   */
  public static Tensor full(Tensor x, Tensor kernel) {
    check("full", x, kernel);
    int h = x.shape().size(0);
    int w = x.shape().size(1);
    int rows = kernel.shape().size(0);
    int columns = kernel.shape().size(1);
    int wide = w + columns - 1;
    Tensor y = Tensor.zeros(Shape.of(h + rows - 1, wide), x.dtype());
    for (int i = 0; i < h; i++) {
      for (int j = 0; j < w; j++) {
        for (int r = 0; r < rows; r++) {
          for (int s = 0; s < columns; s++) {
            int to = (i + r) * wide + j + s;
            y.set(to, y.get(to) + kernel.get(r * columns + s) * x.get(i * w + j));
          }
        }
      }
    }
    return y;
  }

  private static Tensor inside(String where, Tensor x, Tensor kernel, boolean turned) {
    check(where, x, kernel);
    int h = x.shape().size(0);
    int w = x.shape().size(1);
    int rows = kernel.shape().size(0);
    int columns = kernel.shape().size(1);
    Check.that(
        rows <= h && columns <= w && rows > 0 && columns > 0,
        where
            + ": x is "
            + x.shape()
            + " but the kernel is "
            + kernel.shape()
            + "; it must not be larger");
    int outH = h - rows + 1;
    int outW = w - columns + 1;
    Tensor y = Tensor.zeros(Shape.of(outH, outW), x.dtype());
    for (int i = 0; i < outH; i++) {
      for (int j = 0; j < outW; j++) {
        double sum = 0;
        for (int k = 0; k < rows * columns; k++) {
          int r = k / columns;
          int s = k % columns;
          double weight = kernel.get(turned ? rows * columns - 1 - k : k);
          sum += weight * x.get((i + r) * w + j + s);
        }
        y.set(i * outW + j, sum);
      }
    }
    return y;
  }

  private static void check(String where, Tensor x, Tensor kernel) {
    Check.that(
        x.shape().rank() == 2 && kernel.shape().rank() == 2,
        where
            + ": x is "
            + x.shape()
            + " and the kernel "
            + kernel.shape()
            + " but matrices are needed");
  }
}
