package io.kiln.nn.metric;

/**
 * How high each class is scored for the samples that are of it and for those that are not: the
 * counts that ROC and precision–recall curves are made of, one class against the rest.
 *
 * <p>A score is a log-odds ln(p / (1 − p)), so that networks that are sure of themselves still have
 * their order; it falls into one of {@value #BINS} bins of equal width from −{@value #MOST} to
 * {@value #MOST}, and what is beyond into the first or the last. Scores in one bin count as equal.
 * Areas are those of Fawcett, "An introduction to ROC analysis" (2006), of scores so rounded.
 *
 * <p>Not thread-safe.
 */
public final class ScoreBins implements Sums {
  /** Number of bins. */
  public static final int BINS = 1000;

  /** The greatest log-odds that is told from greater ones; float32 ends at 16.6. */
  public static final int MOST = 20;

  private final int classes;
  private final double[] counts;

  /** Nothing counted yet. */
  public ScoreBins(int classes) {
    if (classes < 1) {
      throw new IllegalArgumentException(
          "score bins: " + classes + " classes came but it must be 1 or more");
    }
    this.classes = classes;
    this.counts = new double[2 * classes * BINS];
  }

  /** Number of classes. */
  public int classes() {
    return classes;
  }

  /**
   * Adds a sample.
   *
   * @param logOdds of each class; one that is no number counts as the least
   * @param truth its class
   */
  public void add(double[] logOdds, int truth) {
    for (int j = 0; j < classes; j++) {
      counts[place(j, j == truth) + bin(logOdds[j])]++;
    }
  }

  /** The bin of a log-odds. */
  static int bin(double logOdds) {
    double at = (logOdds + MOST) * BINS / (2.0 * MOST);
    return at >= BINS ? BINS - 1 : at > 0 ? (int) at : 0;
  }

  private static int place(int type, boolean positive) {
    return (2 * type + (positive ? 1 : 0)) * BINS;
  }

  /** How many samples are of a class (or not of it) and have that score, by bin. */
  private double[] of(int type, boolean positive) {
    double[] bins = new double[BINS];
    System.arraycopy(counts, place(type, positive), bins, 0, BINS);
    return bins;
  }

  /** The curves of a class against the rest. */
  public Curves curves(int type) {
    return new Curves(of(type, true), of(type, false));
  }

  /** The curves of all classes' decisions together: each sample counts once a class. */
  public Curves micro() {
    double[] positive = new double[BINS];
    double[] negative = new double[BINS];
    for (int j = 0; j < classes; j++) {
      for (int bin = 0; bin < BINS; bin++) {
        positive[bin] += counts[place(j, true) + bin];
        negative[bin] += counts[place(j, false) + bin];
      }
    }
    return new Curves(positive, negative);
  }

  @Override
  public double[] sums() {
    return counts.clone();
  }

  @Override
  public void merge(double[] sums) {
    Counts.check("score bins", counts.length, sums);
    for (int i = 0; i < counts.length; i++) {
      counts[i] += sums[i];
    }
  }
}
