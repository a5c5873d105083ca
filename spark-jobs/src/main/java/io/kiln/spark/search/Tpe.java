package io.kiln.spark.search;

import io.kiln.nn.tensor.CounterRng;
import io.kiln.spark.config.Axis;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The tree-structured Parzen estimator: Bergstra and others, "Algorithms for Hyper-Parameter
 * Optimization", NIPS 2011, with the numbers that Optuna has by default.
 *
 * <p>After 10 random trials, each axis by itself: the trials that have a coordinate on it are
 * parted into the best ⌈n/10⌉, 25 at most, and the others; each part has a density, and of 24
 * candidates drawn from that of the good one the one is taken whose density there is greatest
 * against the other part's. Trials under way count among the others, so that several at a time do
 * not all try the same. Failed ones are the worst.
 */
final class Tpe implements Strategy {
  private static final int STARTUP = 10;
  private static final int MOST_GOOD = 25;
  private static final int CANDIDATES = 24;

  /** Choices in vain, all taken, until a random point is taken. */
  private static final int MOST_TRIES = 10;

  private static final long SITE = 0x747065L;

  private final Space space;
  private final Draws draws;
  private final int most;
  private final long seed;
  private final List<Space.Point> trials = new ArrayList<>();

  /** What came of each; null while it is under way. */
  private final List<@Nullable Observation> seen = new ArrayList<>();

  Tpe(Space space, Draws draws, int most, long seed) {
    this.space = space;
    this.draws = draws;
    this.most = most;
    this.seed = seed;
  }

  @Override
  public @Nullable Suggestion suggest() {
    Space.Point point = trials.size() < most ? next() : null;
    if (point == null) {
      return null;
    }
    trials.add(point);
    seen.add(null);
    return new Suggestion(trials.size() - 1, point.values(), Suggestion.WHOLE);
  }

  private Space.@Nullable Point next() {
    long done = seen.stream().filter(one -> one != null).count();
    for (int i = 0; done >= STARTUP && i < MOST_TRIES; i++) {
      CounterRng rng = CounterRng.of(seed, SITE, trials.size(), i);
      Space.Point point = space.pick((path, site, axis) -> best(path, axis, rng.fork(site)));
      if (draws.take(point)) {
        return point;
      }
    }
    return draws.next();
  }

  @Override
  public void observe(Observation what) {
    seen.set(what.trial(), what);
  }

  @Override
  public boolean isIndependent() {
    return false;
  }

  /** Trials on an axis: the best, and the others. */
  private record Parts(double[] good, double[] others) {}

  private Parts parts(String path) {
    List<Integer> on = new ArrayList<>();
    int done = 0;
    for (int i = 0; i < trials.size(); i++) {
      if (trials.get(i).coordinates().containsKey(path)) {
        on.add(i);
        done += seen.get(i) == null ? 0 : 1;
      }
    }
    List<Integer> ranked = new ArrayList<>(on);
    ranked.sort(Comparator.comparingDouble((Integer i) -> -rank(i)).thenComparingInt(i -> i));
    int count = Math.min(MOST_GOOD, (int) Math.ceil(0.1 * done));
    List<Integer> good = new ArrayList<>(ranked.subList(0, count));
    on.removeAll(good);
    good.sort(Comparator.naturalOrder());
    return new Parts(coordinates(good, path), coordinates(on, path));
  }

  private double rank(int trial) {
    Observation what = seen.get(trial);
    return what == null ? Double.NEGATIVE_INFINITY : what.rank();
  }

  private double[] coordinates(List<Integer> which, String path) {
    return which.stream()
        .mapToDouble(i -> trials.get(i).coordinates().getOrDefault(path, 0.0))
        .toArray();
  }

  private double best(String path, Axis axis, CounterRng rng) {
    Parts parts = parts(path);
    return axis instanceof Axis.Range range
        ? ofRange(range, parts, rng)
        : ofValues(Space.options(axis), parts, rng);
  }

  /** The best candidate of a range, whose density lies over the logarithms if its scale does. */
  private static double ofRange(Axis.Range range, Parts parts, CounterRng rng) {
    double half = range.whole() ? 0.5 : 0;
    double low = scaled(range, range.least() - half);
    double high = scaled(range, range.most() + half);
    Parzen good = new Parzen(low, high, scaled(range, parts.good()));
    Parzen others = new Parzen(low, high, scaled(range, parts.others()));
    double best = range.least();
    double merit = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < CANDIDATES; i++) {
      double drawn = good.draw(rng.uniform(2L * i), rng.uniform(2L * i + 1));
      double value = range.log() ? Math.exp(drawn) : drawn;
      double from = drawn;
      double to = drawn;
      if (range.whole()) {
        value = Math.min(range.most(), Math.max(range.least(), Math.rint(value)));
        from = scaled(range, value - half);
        to = scaled(range, value + half);
      }
      double its = good.logLikelihood(from, to) - others.logLikelihood(from, to);
      if (its > merit) {
        merit = its;
        best = Math.min(range.most(), Math.max(range.least(), value));
      }
    }
    return best;
  }

  private static double scaled(Axis.Range range, double value) {
    return range.log() ? Math.log(value) : value;
  }

  private static double[] scaled(Axis.Range range, double[] values) {
    return Arrays.stream(values).map(value -> scaled(range, value)).toArray();
  }

  private static double ofValues(int options, Parts parts, CounterRng rng) {
    double[] good = shares(options, parts.good());
    double[] others = shares(options, parts.others());
    int best = 0;
    double merit = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < CANDIDATES; i++) {
      int value = 0;
      double left = rng.uniform(i);
      while (value < options - 1 && left >= good[value]) {
        left -= good[value++];
      }
      double its = Math.log(good[value]) - Math.log(others[value]);
      if (its > merit) {
        merit = its;
        best = value;
      }
    }
    return best;
  }

  /** Share of each value; every one is as likely as if it had been seen a little. */
  private static double[] shares(int options, double[] seen) {
    double[] weights = Parzen.weights(seen.length);
    double[] shares = new double[options];
    Arrays.fill(shares, 1.0 / options); // the prior, which weighs one
    double sum = 1;
    for (int i = 0; i < seen.length; i++) {
      shares[(int) seen[i]] += weights[i];
      sum += weights[i];
    }
    for (int i = 0; i < options; i++) {
      shares[i] /= sum;
    }
    return shares;
  }
}
