package io.kiln.nn.optim;

import static org.assertj.core.api.Assertions.assertThat;

import io.kiln.nn.Data;
import io.kiln.nn.Kiln;
import io.kiln.nn.Trained;
import io.kiln.nn.data.ArrayDataset;
import io.kiln.nn.tensor.CounterRng;
import io.kiln.nn.tensor.DType;
import java.io.IOException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Each optimizer trains a line through noisy points until its loss is that of the normal equations.
 */
class LeastSquaresTest {
  private static final int ROWS = 200;
  private static final int COLUMNS = 5;
  private static final double[] TRUE = {2, -1, 0.5, 3, -2};

  private final float[] x = new float[ROWS * COLUMNS];
  private final float[] y = new float[ROWS];

  /** Columns that hang together a little, answers with noise of deviation 1/2. */
  LeastSquaresTest() {
    CounterRng draws = CounterRng.of(20);
    for (int i = 0; i < ROWS; i++) {
      double common = draws.normal(i);
      double answer = 4;
      for (int j = 0; j < COLUMNS; j++) {
        int at = i * COLUMNS + j;
        x[at] = (float) (draws.normal(ROWS + at) + 0.5 * common);
        answer += TRUE[j] * x[at];
      }
      y[i] = (float) (answer + 0.5 * draws.normal(ROWS + x.length + i));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "type: gradient-descent, learning-rate: 0.3 | 200 | 60",
        "type: sgd, learning-rate: 0.02, schedule: {type: cosine} | 1 | 10",
        "type: sgd, learning-rate: 0.2, schedule: {type: cosine} | 20 | 20",
        "type: momentum, learning-rate: 0.02, schedule: {type: cosine} | 20 | 20",
        "type: nesterov, learning-rate: 0.02, schedule: {type: cosine} | 20 | 20",
        "type: ada-grad, learning-rate: 1, schedule: {type: cosine} | 20 | 30",
        "type: rms-prop, learning-rate: 0.05, schedule: {type: cosine} | 20 | 30",
        "type: adam, learning-rate: 0.1, schedule: {type: cosine} | 20 | 30",
        "type: adam-w, learning-rate: 0.1, weight-decay: 0, schedule: {type: cosine} | 20 | 30",
        "type: adamax, learning-rate: 0.2, schedule: {type: cosine} | 20 | 30",
        "type: nadam, learning-rate: 0.1, schedule: {type: cosine} | 20 | 30",
        "type: adadelta, learning-rate: 10, schedule: {type: cosine} | 20 | 60",
        "type: ftrl, learning-rate: 3 | 200 | 300",
        "type: lion, learning-rate: 0.05, schedule: {type: cosine} | 20 | 60",
        "type: lars, learning-rate: 0.1, trust: 0.1, schedule: {type: cosine} | 20 | 60",
        "type: lamb, learning-rate: 0.1, schedule: {type: cosine} | 20 | 60",
        "type: lbfgs | 200 | 20"
      })
  void theLossIsThatOfTheNormalEquations(String optimizer, int batch, int epochs)
      throws IOException {
    Data line = Data.of(ArrayDataset.regression(COLUMNS, x, y));
    Trained net =
        Kiln.trainer("{layers: [{type: dense, units: 1}]}")
            .loss("mse")
            .optimizer("{" + optimizer + "}")
            .precision(DType.FLOAT64)
            .batchSize(batch)
            .epochs(epochs)
            .fit(line);
    double least = least();
    double loss = net.evaluate(line.train()).loss();
    assertThat(loss / least - 1).as("above the least loss %s", least).isBetween(-1e-9, 0.01);
  }

  /** The mean squared error of the solution of XᵀX·w = Xᵀy, the last column of X all 1. */
  private double least() {
    int n = COLUMNS + 1;
    double[][] a = new double[n][n + 1];
    for (int i = 0; i < ROWS; i++) {
      for (int j = 0; j < n; j++) {
        for (int k = 0; k < n; k++) {
          a[j][k] += cell(i, j) * cell(i, k);
        }
        a[j][n] += cell(i, j) * y[i];
      }
    }
    for (int p = 0; p < n; p++) { // XᵀX is positive definite: no pivoting is needed
      for (int j = 0; j < n; j++) {
        double factor = j == p ? 0 : a[j][p] / a[p][p];
        for (int k = p; k <= n; k++) {
          a[j][k] -= factor * a[p][k];
        }
      }
    }
    double sum = 0;
    for (int i = 0; i < ROWS; i++) {
      double error = y[i];
      for (int j = 0; j < n; j++) {
        error -= a[j][n] / a[j][j] * cell(i, j);
      }
      sum += error * error;
    }
    return sum / ROWS;
  }

  private double cell(int row, int column) {
    return column == COLUMNS ? 1 : x[row * COLUMNS + column];
  }
}
