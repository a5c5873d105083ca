package io.kiln.nn.metric;

/** A weighted mean, such as that of a loss over samples. Not thread-safe. */
public final class Mean implements Sums {
  private double sum;
  private double weight;

  /** Adds a value that stands for so many samples, e.g. the mean loss of a batch. */
  public void add(double value, double samples) {
    sum += value * samples;
    weight += samples;
  }

  /** Sum of weights. */
  public double weight() {
    return weight;
  }

  /** The mean, or NaN if nothing was added. */
  public double value() {
    return sum / weight;
  }

  /** exp of the mean: the perplexity, if the values are negative log likelihoods of symbols. */
  public double perplexity() {
    return Math.exp(value());
  }

  /** Forgets everything. */
  public void reset() {
    sum = 0;
    weight = 0;
  }

  @Override
  public double[] sums() {
    return new double[] {sum, weight};
  }

  @Override
  public void merge(double[] sums) {
    Counts.check("mean", 2, sums);
    sum += sums[0];
    weight += sums[1];
  }
}
