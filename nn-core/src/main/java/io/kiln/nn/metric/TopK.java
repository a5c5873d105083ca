package io.kiln.nn.metric;

import io.kiln.nn.tensor.Tensor;

/** How often the right class is among the k best. Not thread-safe. */
public final class TopK implements Sums {
  private final int k;
  private double right;
  private double count;

  /** Counts for that k, 1 or more. */
  public TopK(int k) {
    if (k < 1) {
      throw new IllegalArgumentException("top k: " + k + " came but it must be 1 or more");
    }
    this.k = k;
  }

  /** Adds the first rows of a batch. Shapes: scores [n, classes], target [n]. */
  public void add(Tensor scores, Tensor target, int rows) {
    for (int row = 0; row < rows; row++) {
      if (Scores.rank(scores, row, (int) target.get(row)) < k) {
        right++;
      }
      count++;
    }
  }

  /** Share of samples whose class is among the k best, or NaN if nothing was added. */
  public double accuracy() {
    return right / count;
  }

  @Override
  public double[] sums() {
    return new double[] {right, count};
  }

  @Override
  public void merge(double[] sums) {
    Counts.check("top k", 2, sums);
    right += sums[0];
    count += sums[1];
  }
}
