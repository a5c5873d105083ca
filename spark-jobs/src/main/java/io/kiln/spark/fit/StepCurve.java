package io.kiln.spark.fit;

import io.kiln.spark.report.StepSeries;
import java.util.ArrayList;
import java.util.List;

/**
 * Gathers the numbers of steps in few points: when there are too many, each two become one. Of one
 * thread.
 */
final class StepCurve {
  private static final int SERIES = 5;
  private static final int DIGITS = 5;

  private final List<Long> steps = new ArrayList<>();
  private final List<double[]> points = new ArrayList<>();
  private final List<Double> rates = new ArrayList<>();
  private double[] sums = new double[SERIES];
  private int each = 1;
  private int gathered;

  /** A step: loss, share of right answers, seconds, those of filling batches and of sums. */
  void add(
      long step,
      double loss,
      double accuracy,
      double learningRate,
      double seconds,
      double data,
      double communicate) {
    double[] numbers = {loss, accuracy, seconds, data, communicate};
    for (int i = 0; i < SERIES; i++) {
      sums[i] += numbers[i];
    }
    if (++gathered < each) {
      return;
    }
    for (int i = 0; i < SERIES; i++) {
      sums[i] /= gathered;
    }
    steps.add(step);
    points.add(sums);
    rates.add(learningRate);
    sums = new double[SERIES];
    gathered = 0;
    if (points.size() == StepSeries.MOST) {
      halve();
    }
  }

  private void halve() {
    for (int i = 0; i < points.size() / 2; i++) {
      double[] a = points.get(2 * i);
      double[] b = points.get(2 * i + 1);
      double[] mean = new double[SERIES];
      for (int j = 0; j < SERIES; j++) {
        mean[j] = (a[j] + b[j]) / 2;
      }
      points.set(i, mean);
      steps.set(i, steps.get(2 * i + 1));
      rates.set(i, rates.get(2 * i + 1));
    }
    int half = points.size() / 2;
    points.subList(half, points.size()).clear();
    steps.subList(half, steps.size()).clear();
    rates.subList(half, rates.size()).clear();
    each *= 2;
  }

  /** What there is so far, in five digits. */
  StepSeries series() {
    List<List<Double>> columns = new ArrayList<>();
    for (int j = 0; j < SERIES; j++) {
      int column = j;
      columns.add(points.stream().map(point -> rounded(point[column])).toList());
    }
    boolean counted = points.stream().noneMatch(point -> Double.isNaN(point[1]));
    return new StepSeries(
        List.copyOf(steps),
        columns.get(0),
        counted ? columns.get(1) : null,
        rates.stream().map(StepCurve::rounded).toList(),
        columns.get(2),
        columns.get(3),
        columns.get(4));
  }

  private static double rounded(double value) {
    int digits = DIGITS - 1 - (int) Math.floor(Math.log10(Math.abs(value)));
    // Powers of ten are exact as far as 22; what is smaller than that is as good as it is.
    if (value == 0 || !Double.isFinite(value) || Math.abs(digits) > 22) {
      return value;
    }
    double power = Math.pow(10, Math.abs(digits));
    return digits < 0 ? Math.rint(value / power) * power : Math.rint(value * power) / power;
  }
}
