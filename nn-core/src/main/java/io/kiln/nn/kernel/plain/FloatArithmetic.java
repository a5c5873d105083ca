package io.kiln.nn.kernel.plain;

import io.kiln.nn.kernel.Arithmetic;
import io.kiln.nn.tensor.Tensor;

/** Elementwise arithmetic in float32. */
@SuppressWarnings("cast") // the casts are needed in one of the two widths only
final class FloatArithmetic implements Arithmetic {
  @Override
  public void forward(Operation operation, Tensor x, Tensor y, Tensor z) {
    float[] xs = x.floats();
    float[] ys = y.floats();
    float[] zs = z.floats();
    int n = z.count();
    int sx = x.count() == n ? 1 : 0;
    int sy = y.count() == n ? 1 : 0;
    int at = x.offset();
    int by = y.offset();
    int to = z.offset();
    switch (operation) {
      case ADD -> {
        for (int i = 0; i < n; i++) {
          zs[to + i] = xs[at + i * sx] + ys[by + i * sy];
        }
      }
      case SUBTRACT -> {
        for (int i = 0; i < n; i++) {
          zs[to + i] = xs[at + i * sx] - ys[by + i * sy];
        }
      }
      case MULTIPLY -> {
        for (int i = 0; i < n; i++) {
          zs[to + i] = xs[at + i * sx] * ys[by + i * sy];
        }
      }
      case DIVIDE -> {
        for (int i = 0; i < n; i++) {
          zs[to + i] = xs[at + i * sx] / ys[by + i * sy];
        }
      }
      case POWER -> {
        for (int i = 0; i < n; i++) {
          zs[to + i] = (float) Math.pow(xs[at + i * sx], ys[by + i * sy]);
        }
      }
    }
  }

  @Override
  public void backwardLeft(
      Operation operation, Tensor x, Tensor y, Tensor z, Tensor dz, Tensor dx) {
    int n = z.count();
    int sx = x.count() == n ? 1 : 0;
    int sy = y.count() == n ? 1 : 0;
    float[] ds = dz.floats();
    float[] out = dx.floats();
    double sum = 0;
    for (int i = 0; i < n; i++) {
      double a = x.floats()[x.offset() + i * sx];
      double b = y.floats()[y.offset() + i * sy];
      double d = ds[dz.offset() + i];
      double part =
          switch (operation) {
            case ADD, SUBTRACT -> d;
            case MULTIPLY -> d * b;
            case DIVIDE -> d / b;
            case POWER -> b == 0 ? 0 : d * b * Math.pow(a, b - 1);
          };
      sum += part;
      out[dx.offset() + i * sx] = (float) part;
    }
    if (sx == 0) {
      out[dx.offset()] = (float) sum;
    }
  }

  @Override
  public void backwardRight(
      Operation operation, Tensor x, Tensor y, Tensor z, Tensor dz, Tensor dy) {
    int n = z.count();
    int sx = x.count() == n ? 1 : 0;
    int sy = y.count() == n ? 1 : 0;
    float[] zs = z.floats();
    float[] ds = dz.floats();
    float[] out = dy.floats();
    double sum = 0;
    for (int i = 0; i < n; i++) {
      double a = x.floats()[x.offset() + i * sx];
      double b = y.floats()[y.offset() + i * sy];
      double d = ds[dz.offset() + i];
      double part =
          switch (operation) {
            case ADD -> d;
            case SUBTRACT -> -d;
            case MULTIPLY -> d * a;
            case DIVIDE -> -d * a / (b * b);
            case POWER -> a == 0 ? 0 : d * zs[z.offset() + i] * Math.log(a);
          };
      sum += part;
      out[dy.offset() + i * sy] = (float) part;
    }
    if (sy == 0) {
      out[dy.offset()] = (float) sum;
    }
  }
}
