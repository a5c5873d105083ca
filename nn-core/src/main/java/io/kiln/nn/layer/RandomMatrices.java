package io.kiln.nn.layer;

import io.kiln.nn.tensor.CounterRng;
import io.kiln.nn.tensor.Tensor;

/** Initial values that need more than one draw an element. */
final class RandomMatrices {
  private static final double LIMIT = 2;

  private RandomMatrices() {}

  /**
   * Normal within ±2 deviations.
   *
   * @param deviation deviation before what is outside is drawn again
   */
  record TruncatedNormal(double deviation) implements Init {
    @Override
    public void fill(Tensor w, CounterRng rng) {
      for (int i = 0; i < w.count(); i++) {
        CounterRng own = rng.fork(i);
        double draw = own.normal(0);
        for (int again = 1; Math.abs(draw) > LIMIT; again++) {
          draw = own.normal(again);
        }
        w.set(i, deviation * draw);
      }
    }
  }

  /**
   * Orthonormal rows (or columns, if they are fewer), by Gram–Schmidt in double on normal numbers;
   * done twice, which makes them orthogonal to the last digits. Kahan: "twice is enough".
   *
   * @param gain factor of all
   */
  record Orthogonal(double gain) implements Init {
    @Override
    public void fill(Tensor w, CounterRng rng) {
      int rows = w.shape().rank() == 0 ? 1 : w.shape().size(0);
      int columns = rows == 0 ? 0 : w.count() / rows;
      boolean wide = rows <= columns;
      int count = wide ? rows : columns;
      int length = wide ? columns : rows;
      double[][] basis = new double[count][length];
      for (int i = 0; i < count; i++) {
        for (int j = 0; j < length; j++) {
          basis[i][j] = rng.normal((long) i * length + j);
        }
        for (int pass = 0; pass < 2; pass++) {
          for (int k = 0; k < i; k++) {
            add(-dot(basis[i], basis[k]), basis[k], basis[i]);
          }
          double norm = Math.sqrt(dot(basis[i], basis[i]));
          add(1 / norm - 1, basis[i], basis[i]);
        }
        for (int j = 0; j < length; j++) {
          w.set(wide ? i * columns + j : j * columns + i, gain * basis[i][j]);
        }
      }
    }

    private static double dot(double[] x, double[] y) {
      double sum = 0;
      for (int i = 0; i < x.length; i++) {
        sum += x[i] * y[i];
      }
      return sum;
    }

    private static void add(double factor, double[] x, double[] y) {
      for (int i = 0; i < x.length; i++) {
        y[i] += factor * x[i];
      }
    }
  }
}
