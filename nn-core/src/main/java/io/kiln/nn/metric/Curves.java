package io.kiln.nn.metric;

import java.util.ArrayList;
import java.util.List;

/**
 * ROC and precision–recall curve of one decision, from counts by score, the least score first.
 *
 * @param positive how many samples of the class have that score
 * @param negative how many others have it
 */
public record Curves(double[] positive, double[] negative) {
  /**
   * A point: all samples with at least some score are taken for the class.
   *
   * @param right samples of the class among them, the true positives
   * @param wrong others among them, the false positives
   */
  private record Point(double right, double wrong) {}

  /** Number of samples of the class. */
  public double positives() {
    return sum(positive);
  }

  /** Number of other samples. */
  public double negatives() {
    return sum(negative);
  }

  private static double sum(double[] counts) {
    double sum = 0;
    for (double count : counts) {
      sum += count;
    }
    return sum;
  }

  private List<Point> points() {
    List<Point> points = new ArrayList<>();
    points.add(new Point(0, 0));
    double right = 0;
    double wrong = 0;
    for (int i = positive.length - 1; i >= 0; i--) {
      if (positive[i] > 0 || negative[i] > 0) {
        right += positive[i];
        wrong += negative[i];
        points.add(new Point(right, wrong));
      }
    }
    return points;
  }

  /**
   * Area under the ROC curve: the chance that a sample of the class is scored above another, equal
   * scores counted half. NaN if one of them is missing.
   */
  public double area() {
    double area = 0;
    Point last = new Point(0, 0);
    for (Point point : points()) {
      area += (point.wrong - last.wrong) * (point.right + last.right) / 2;
      last = point;
    }
    return area / (positives() * negatives());
  }

  /**
   * Average precision: Σ (recallᵢ − recallᵢ₋₁) · precisionᵢ over falling scores. NaN if the class
   * has no samples.
   */
  public double averagePrecision() {
    double sum = 0;
    double last = 0;
    for (Point point : points()) {
      if (point.right > last) {
        sum += (point.right - last) * point.right / (point.right + point.wrong);
        last = point.right;
      }
    }
    return sum / positives();
  }

  /**
   * Points of the ROC curve, {false positive rate, true positive rate} each, from {0, 0} to {1, 1}.
   *
   * @param most about how many; those that are left out are less than 2/most from one that is not
   */
  public List<double[]> roc(int most) {
    List<double[]> all = new ArrayList<>();
    for (Point point : points()) {
      all.add(new double[] {point.wrong / negatives(), point.right / positives()});
    }
    return thinned(all, most);
  }

  /**
   * Points of the precision–recall curve, {recall, precision} each, by rising recall.
   *
   * @param most about how many, likewise
   */
  public List<double[]> precisionRecall(int most) {
    List<double[]> all = new ArrayList<>();
    for (Point point : points()) {
      if (point.right + point.wrong > 0) {
        all.add(
            new double[] {point.right / positives(), point.right / (point.right + point.wrong)});
      }
    }
    return thinned(all, most);
  }

  /** Leaves out what is close to the last point that stays. */
  private static List<double[]> thinned(List<double[]> points, int most) {
    List<double[]> kept = new ArrayList<>();
    for (int i = 0; i < points.size(); i++) {
      double[] point = points.get(i);
      double[] last = kept.isEmpty() ? null : kept.get(kept.size() - 1);
      if (last == null
          || i == points.size() - 1
          || Math.abs(point[0] - last[0]) + Math.abs(point[1] - last[1]) >= 2.0 / most) {
        kept.add(point);
      }
    }
    return kept;
  }
}
