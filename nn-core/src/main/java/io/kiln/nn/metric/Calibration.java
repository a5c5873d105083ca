package io.kiln.nn.metric;

/**
 * How often an answer is right that was given with some confidence, the probability of the class
 * that was answered: a reliability diagram of {@value #BINS} bins of equal width.
 *
 * <p>Confidences are added as whole numbers of 2⁻²⁴, so that sums are exact and the same in any
 * order. Source: Guo et al., "On Calibration of Modern Neural Networks" (2017). Not thread-safe.
 */
public final class Calibration implements Sums {
  /** Number of bins. */
  public static final int BINS = 15;

  private static final double UNIT = 1 << 24;

  private final double[] counts = new double[BINS];
  private final double[] right = new double[BINS];
  private final double[] confidence = new double[BINS];

  /**
   * Adds an answer.
   *
   * @param probability of the class that was answered, 0 to 1; one that is no number counts as 0
   */
  public void add(double probability, boolean isRight) {
    double sure = probability >= 0 ? Math.min(1, probability) : 0;
    int bin = Math.min(BINS - 1, (int) (sure * BINS));
    counts[bin]++;
    right[bin] += isRight ? 1 : 0;
    confidence[bin] += Math.rint(sure * UNIT);
  }

  /** Number of answers in a bin. */
  public double count(int bin) {
    return counts[bin];
  }

  /** Share of right answers in a bin; NaN if it is empty. */
  public double accuracy(int bin) {
    return right[bin] / counts[bin];
  }

  /** Mean confidence in a bin; NaN if it is empty. */
  public double confidence(int bin) {
    return confidence[bin] / UNIT / counts[bin];
  }

  /**
   * Expected calibration error: the mean of |accuracy − confidence| over the bins, weighed by their
   * answers; NaN without answers.
   */
  public double error() {
    double sum = 0;
    double all = 0;
    for (int bin = 0; bin < BINS; bin++) {
      sum += Math.abs(right[bin] - confidence[bin] / UNIT);
      all += counts[bin];
    }
    return sum / all;
  }

  @Override
  public double[] sums() {
    double[] sums = new double[3 * BINS];
    System.arraycopy(counts, 0, sums, 0, BINS);
    System.arraycopy(right, 0, sums, BINS, BINS);
    System.arraycopy(confidence, 0, sums, 2 * BINS, BINS);
    return sums;
  }

  @Override
  public void merge(double[] sums) {
    Counts.check("calibration", 3 * BINS, sums);
    for (int bin = 0; bin < BINS; bin++) {
      counts[bin] += sums[bin];
      right[bin] += sums[BINS + bin];
      confidence[bin] += sums[2 * BINS + bin];
    }
  }
}
