package io.kiln.nn.metric;

import io.kiln.nn.tensor.Tensor;

/** Mean and root mean squared error of predictions of numbers. Not thread-safe. */
public final class SquaredError implements Sums {
  private double squares;
  private double absolutes;
  private double count;

  /** Adds one number. */
  public void add(double predicted, double actual) {
    double error = predicted - actual;
    squares += error * error;
    absolutes += Math.abs(error);
    count++;
  }

  /** Adds the first rows of a batch. Shapes: predicted and actual [n, …] of equal count. */
  public void add(Tensor predicted, Tensor actual, int rows) {
    if (predicted.count() != actual.count()) {
      throw new IllegalArgumentException(
          "squared error: predictions are "
              + predicted.shape()
              + " but targets "
              + actual.shape()
              + "; the counts must be equal");
    }
    int numbers = rows * predicted.shape().count(1, predicted.shape().rank());
    for (int i = 0; i < numbers; i++) {
      add(predicted.get(i), actual.get(i));
    }
  }

  /** Mean of squares. */
  public double mse() {
    return squares / count;
  }

  /** Root of the mean of squares, in the units of the target. */
  public double rmse() {
    return Math.sqrt(mse());
  }

  /** Mean of absolute errors. */
  public double mae() {
    return absolutes / count;
  }

  @Override
  public double[] sums() {
    return new double[] {squares, absolutes, count};
  }

  @Override
  public void merge(double[] sums) {
    Counts.check("squared error", 3, sums);
    squares += sums[0];
    absolutes += sums[1];
    count += sums[2];
  }
}
