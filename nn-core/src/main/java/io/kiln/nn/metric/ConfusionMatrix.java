package io.kiln.nn.metric;

import io.kiln.nn.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * How often samples of each class were taken for each class. Not thread-safe.
 *
 * <p>precision = right / predicted as the class, recall = right / of the class, F1 = 2·p·r / (p +
 * r), each 0 where its divisor is 0.
 */
public final class ConfusionMatrix implements Sums {
  private final int classes;
  private final double[] counts;

  /** An empty matrix. */
  public ConfusionMatrix(int classes) {
    if (classes < 1) {
      throw new IllegalArgumentException(
          "confusion matrix: " + classes + " classes came but 1 or more are needed");
    }
    this.classes = classes;
    this.counts = new double[Math.multiplyExact(classes, classes)];
  }

  /** Number of classes. */
  public int classes() {
    return classes;
  }

  /** Adds one sample. */
  public void add(int actual, int predicted) {
    if (actual < 0 || actual >= classes || predicted < 0 || predicted >= classes) {
      throw new IllegalArgumentException(
          "confusion matrix: class "
              + actual
              + " taken for "
              + predicted
              + " came but classes are 0 to "
              + (classes - 1));
    }
    counts[actual * classes + predicted]++;
  }

  /** Adds the first rows of a batch. Shapes: scores [n, classes], target [n]. */
  public void add(Tensor scores, Tensor target, int rows) {
    for (int row = 0; row < rows; row++) {
      add((int) target.get(row), Scores.best(scores, row));
    }
  }

  /** How many samples of a class were taken for another, or the same. */
  public long count(int actual, int predicted) {
    return (long) counts[actual * classes + predicted];
  }

  /** Number of samples. */
  public long total() {
    double total = 0;
    for (double count : counts) {
      total += count;
    }
    return (long) total;
  }

  /** Share of samples that were right, or NaN if there are none. */
  public double accuracy() {
    double right = 0;
    for (int c = 0; c < classes; c++) {
      right += counts[c * classes + c];
    }
    return right / total();
  }

  /** Of those taken for a class, the share that is of it. */
  public double precision(int c) {
    double predicted = 0;
    for (int actual = 0; actual < classes; actual++) {
      predicted += counts[actual * classes + c];
    }
    return Counts.ratio(counts[c * classes + c], predicted);
  }

  /** Of those of a class, the share that was taken for it. */
  public double recall(int c) {
    double actual = 0;
    for (int predicted = 0; predicted < classes; predicted++) {
      actual += counts[c * classes + predicted];
    }
    return Counts.ratio(counts[c * classes + c], actual);
  }

  /** Harmonic mean of precision and recall. */
  public double f1(int c) {
    double precision = precision(c);
    double recall = recall(c);
    return Counts.ratio(2 * precision * recall, precision + recall);
  }

  /** Mean F1 over classes. */
  public double macroF1() {
    double sum = 0;
    for (int c = 0; c < classes; c++) {
      sum += f1(c);
    }
    return sum / classes;
  }

  /** The counts, a list for each true class. */
  public List<List<Long>> rows() {
    List<List<Long>> rows = new ArrayList<>();
    for (int actual = 0; actual < classes; actual++) {
      List<Long> row = new ArrayList<>();
      for (int predicted = 0; predicted < classes; predicted++) {
        row.add(count(actual, predicted));
      }
      rows.add(List.copyOf(row));
    }
    return List.copyOf(rows);
  }

  @Override
  public double[] sums() {
    return counts.clone();
  }

  @Override
  public void merge(double[] sums) {
    Counts.check("confusion matrix", counts.length, sums);
    for (int i = 0; i < counts.length; i++) {
      counts[i] += sums[i];
    }
  }
}
