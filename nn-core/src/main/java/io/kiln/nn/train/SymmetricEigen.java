package io.kiln.nn.train;

/**
 * Eigenvalues, largest first, and eigenvectors of a symmetric matrix, by Jacobi's rotations, row by
 * row (Golub, Van Loan: "Matrix Computations", 8.5). For matrices of up to some hundred rows; the
 * same bits everywhere.
 *
 * @param values the eigenvalues, falling
 * @param vectors the eigenvector of each, of length 1, its largest number positive
 */
record SymmetricEigen(double[] values, double[][] vectors) {
  private static final int MOST_SWEEPS = 60;

  /** Of a symmetric matrix, which is left as it is. */
  static SymmetricEigen of(double[][] matrix) {
    int n = matrix.length;
    double[][] a = new double[n][];
    double[][] v = new double[n][n]; // row i becomes the i-th eigenvector
    double scale = 0;
    for (int i = 0; i < n; i++) {
      a[i] = matrix[i].clone();
      v[i][i] = 1;
      for (double value : a[i]) {
        scale += value * value;
      }
    }
    for (int sweep = 0; sweep < MOST_SWEEPS && beside(a) > 1e-30 * scale; sweep++) {
      for (int p = 0; p < n; p++) {
        for (int q = p + 1; q < n; q++) {
          rotate(a, v, p, q);
        }
      }
    }
    return sorted(a, v);
  }

  /** Squares of what stands beside the diagonal. */
  private static double beside(double[][] a) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      for (int j = 0; j < i; j++) {
        sum += 2 * a[i][j] * a[i][j];
      }
    }
    return sum;
  }

  /** Makes a[p][q] zero. */
  private static void rotate(double[][] a, double[][] v, int p, int q) {
    if (a[p][q] == 0) {
      return;
    }
    double theta = (a[q][q] - a[p][p]) / (2 * a[p][q]);
    double t = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
    double c = 1 / Math.sqrt(t * t + 1);
    double s = t * c;
    for (int k = 0; k < a.length; k++) {
      double x = a[k][p];
      double y = a[k][q];
      a[k][p] = c * x - s * y;
      a[k][q] = s * x + c * y;
    }
    for (int k = 0; k < a.length; k++) {
      double x = a[p][k];
      double y = a[q][k];
      a[p][k] = c * x - s * y;
      a[q][k] = s * x + c * y;
      double left = v[p][k];
      double right = v[q][k];
      v[p][k] = c * left - s * right;
      v[q][k] = s * left + c * right;
    }
  }

  private static SymmetricEigen sorted(double[][] a, double[][] v) {
    Integer[] order = new Integer[a.length];
    for (int i = 0; i < order.length; i++) {
      order[i] = i;
    }
    java.util.Arrays.sort(order, (i, j) -> Double.compare(a[j][j], a[i][i]));
    double[] values = new double[a.length];
    double[][] vectors = new double[a.length][];
    for (int i = 0; i < order.length; i++) {
      values[i] = a[order[i]][order[i]];
      vectors[i] = upright(v[order[i]]);
    }
    return new SymmetricEigen(values, vectors);
  }

  private static double[] upright(double[] vector) {
    double most = 0;
    for (double x : vector) {
      most = Math.abs(x) > Math.abs(most) ? x : most;
    }
    double[] upright = vector.clone();
    for (int i = 0; i < upright.length && most < 0; i++) {
      upright[i] = -upright[i];
    }
    return upright;
  }
}
