package io.kiln.spark.search;

import java.util.Arrays;

/**
 * A density on an interval: a mixture of normal distributions cut off at its ends, one at each
 * number that was seen and one, the prior, over the whole interval. Bandwidths as Bergstra and
 * others, "Algorithms for Hyper-Parameter Optimization", NIPS 2011, have them and Optuna by
 * default: the greater distance to a neighbour, within bounds.
 */
final class Parzen {
  /** Numbers from here on weigh less the older they are. */
  private static final int RECENT = 25;

  private final double low;
  private final double high;
  private final double[] means;
  private final double[] deviations;
  private final double[] weights;

  /**
   * The density of some numbers.
   *
   * @param seen within the interval, in the order they were seen
   */
  Parzen(double low, double high, double[] seen) {
    this.low = low;
    this.high = high;
    int n = seen.length + 1;
    Integer[] order = new Integer[n];
    double[] all = Arrays.copyOf(seen, n);
    all[n - 1] = (low + high) / 2;
    for (int i = 0; i < n; i++) {
      order[i] = i;
    }
    Arrays.sort(order, (a, b) -> Double.compare(all[a], all[b]));
    double[] ages = weights(seen.length);
    means = new double[n];
    deviations = new double[n];
    weights = new double[n];
    double narrowest = (high - low) / Math.min(100, 1 + n);
    for (int place = 0; place < n; place++) {
      int which = order[place];
      means[place] = all[which];
      weights[place] = ages[which];
      if (which == n - 1) {
        deviations[place] = high - low;
        continue;
      }
      double left = place == 0 ? low : all[order[place - 1]];
      double right = place == n - 1 ? high : all[order[place + 1]];
      double distance = Math.max(all[which] - left, right - all[which]);
      if (place == 0 && n > 1) {
        distance = right - all[which];
      } else if (place == n - 1) {
        distance = all[which] - left;
      }
      deviations[place] = Math.min(high - low, Math.max(narrowest, distance));
    }
    double sum = Arrays.stream(weights).sum();
    for (int i = 0; i < n; i++) {
      weights[i] /= sum;
    }
  }

  /**
   * What so many numbers weigh, oldest first, and behind them the prior, which weighs 1: the last
   * 25 weigh 1, those before them rise from 1/n.
   */
  static double[] weights(int n) {
    double[] weights = new double[n + 1];
    Arrays.fill(weights, 1);
    int old = n - RECENT;
    for (int i = 0; i < old; i++) {
      weights[i] = old == 1 ? 1.0 / n : 1.0 / n + (1 - 1.0 / n) * i / (old - 1);
    }
    return weights;
  }

  /**
   * A random number.
   *
   * @param u chooses the component, from 0 to 1
   * @param v chooses within it, from 0 to 1
   */
  double draw(double u, double v) {
    int component = 0;
    double left = u;
    while (component < weights.length - 1 && left >= weights[component]) {
      left -= weights[component++];
    }
    double mean = means[component];
    double deviation = deviations[component];
    double from = Normal.below((low - mean) / deviation);
    double to = Normal.below((high - mean) / deviation);
    double value = mean + deviation * Normal.quantile(from + v * (to - from));
    return Math.min(high, Math.max(low, value));
  }

  /**
   * Logarithm of the probability of an interval, or of the density if both ends are one.
   *
   * @param from at or above the lower end
   * @param to at or below the upper end
   */
  double logLikelihood(double from, double to) {
    double sum = 0;
    for (int i = 0; i < means.length; i++) {
      double a = (low - means[i]) / deviations[i];
      double b = (high - means[i]) / deviations[i];
      double within = Normal.below(b) - Normal.below(a);
      double part =
          from == to
              ? Normal.density((from - means[i]) / deviations[i]) / deviations[i]
              : Normal.below((to - means[i]) / deviations[i])
                  - Normal.below((from - means[i]) / deviations[i]);
      sum += within > 0 ? weights[i] * part / within : 0;
    }
    return Math.log(Math.max(sum, Double.MIN_NORMAL));
  }
}
