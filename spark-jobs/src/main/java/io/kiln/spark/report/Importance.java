package io.kiln.spark.report;

import io.kiln.nn.tensor.CounterRng;
import io.kiln.spark.report.SweepReport.Trial;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * How much of what the metric varies over the space that was searched is due to each key by itself:
 * the functional analysis of variance over a random forest, of Hutter, Hoos, Leyton-Brown, "An
 * Efficient Approach for Assessing Hyperparameter Importance" (2014).
 *
 * <p>Each tree cuts the space, scaled to a cube by {@link ParamAxis}, into boxes of one value. The
 * marginal of a key is the mean of a tree over all other keys; its variance over the variance of
 * the tree is the key's share, and the mean over trees is shown. What is left over is due to
 * several keys together. The result is a function of the trials alone.
 */
final class Importance {
  private static final int TREES = 64;
  private static final int LEAST_TRIALS = 8;
  private static final int LEAF = 2;
  private static final int MOST_TRIALS = 1000;

  /** Where keys that a trial does not have are put: below all values. */
  private static final double ABSENT = -0.2;

  private final double[][] x;
  private final double[] y;
  private final int keys;

  private Importance(double[][] x, double[] y, int keys) {
    this.x = x;
    this.y = y;
    this.keys = keys;
  }

  /**
   * The share of each key that has several values, 0 to 1; null if there are too few trials with a
   * value, or all have the same.
   */
  static @Nullable Map<String, Double> of(Ranking ranking) {
    List<ParamAxis> axes = new ArrayList<>();
    for (String key : ranking.keys()) {
      ParamAxis axis = ParamAxis.of(ranking, key);
      if (axis != null) {
        axes.add(axis);
      }
    }
    List<double[]> rows = new ArrayList<>();
    List<Double> values = new ArrayList<>();
    for (Trial trial : ranking.report().trials()) {
      Double value = ranking.value(trial);
      if (value != null && rows.size() < MOST_TRIALS) {
        double[] row = new double[axes.size()];
        for (int j = 0; j < row.length; j++) {
          Double place = axes.get(j).place(trial.params().get(axes.get(j).key()));
          row[j] = place == null ? ABSENT : place;
        }
        rows.add(row);
        values.add(value);
      }
    }
    if (rows.size() < LEAST_TRIALS || axes.isEmpty()) {
      return null;
    }
    Importance forest =
        new Importance(
            rows.toArray(double[][]::new),
            values.stream().mapToDouble(Double::doubleValue).toArray(),
            axes.size());
    double[] shares = forest.shares();
    if (shares.length == 0) {
      return null;
    }
    Map<String, Double> named = new LinkedHashMap<>();
    for (int j = 0; j < shares.length; j++) {
      named.put(axes.get(j).key(), shares[j]);
    }
    return named;
  }

  /** A box of the cube and its value. */
  private record Leaf(double[] from, double[] to, double value) {
    double side(int key) {
      return to[key] - from[key];
    }
  }

  private double[] shares() {
    double[] sums = new double[keys];
    int trees = 0;
    for (int tree = 0; tree < TREES; tree++) {
      CounterRng rng = CounterRng.of(0x5eed, tree);
      int[] drawn = new int[y.length];
      for (int i = 0; i < drawn.length; i++) {
        drawn[i] = rng.integer(i, y.length);
      }
      List<Leaf> leaves = new ArrayList<>();
      double[] from = new double[keys];
      double[] to = new double[keys];
      for (int j = 0; j < keys; j++) {
        int key = j;
        boolean absent = Arrays.stream(x).anyMatch(row -> row[key] < 0);
        from[j] = absent ? 2 * ABSENT : 0;
        to[j] = 1;
      }
      grow(drawn, from, to, rng.fork(1), new int[1], leaves);
      double variance = variance(leaves);
      if (variance > 1e-15) {
        trees++;
        for (int j = 0; j < keys; j++) {
          sums[j] += marginal(leaves, j) / variance;
        }
      }
    }
    if (trees == 0) {
      return new double[0];
    }
    for (int j = 0; j < keys; j++) {
      sums[j] /= trees;
    }
    return sums;
  }

  private void grow(
      int[] rows, double[] from, double[] to, CounterRng rng, int[] draws, List<Leaf> leaves) {
    double mean = 0;
    for (int row : rows) {
      mean += y[row] / rows.length;
    }
    int bestKey = -1;
    double bestCut = 0;
    double least = squares(rows, mean) * (1 - 1e-12);
    int skipped = keys > 2 ? rng.integer(draws[0]++, keys) : -1; // trees differ
    for (int key = 0; key < keys && rows.length >= 2 * LEAF; key++) {
      if (key == skipped) {
        continue;
      }
      Split split = split(rows, key);
      if (split.left < least) {
        least = split.left;
        bestKey = key;
        bestCut = split.cut;
      }
    }
    if (bestKey < 0) {
      leaves.add(new Leaf(from, to, mean));
      return;
    }
    int key = bestKey;
    double cut = bestCut;
    double[] middleTo = to.clone();
    double[] middleFrom = from.clone();
    middleTo[key] = cut;
    middleFrom[key] = cut;
    grow(select(rows, key, cut, true), from, middleTo, rng, draws, leaves);
    grow(select(rows, key, cut, false), middleFrom, to, rng, draws, leaves);
  }

  private int[] select(int[] rows, int key, double cut, boolean below) {
    return Arrays.stream(rows).filter(row -> x[row][key] < cut == below).toArray();
  }

  private double squares(int[] rows, double mean) {
    double sum = 0;
    for (int row : rows) {
      sum += (y[row] - mean) * (y[row] - mean);
    }
    return sum;
  }

  /** A cut along a key, and the squares that are left after it. */
  private record Split(double cut, double left) {}

  /** The best cut between two places of a key; what is left is infinite where there is none. */
  private Split split(int[] rows, int key) {
    double shift = y[rows[0]];
    double[][] points = new double[rows.length][];
    double sum = 0;
    double square = 0;
    for (int i = 0; i < points.length; i++) {
      double value = y[rows[i]] - shift;
      points[i] = new double[] {x[rows[i]][key], value};
      sum += value;
      square += value * value;
    }
    Arrays.sort(points, Comparator.comparingDouble(point -> point[0])); // stable
    Split best = new Split(0, Double.POSITIVE_INFINITY);
    double below = 0;
    for (int n = 1; n <= points.length - LEAF; n++) {
      below += points[n - 1][1];
      if (n >= LEAF && points[n][0] > points[n - 1][0]) {
        double above = sum - below;
        double left = square - below * below / n - above * above / (points.length - n);
        if (left < best.left) {
          best = new Split((points[n - 1][0] + points[n][0]) / 2, left);
        }
      }
    }
    return best;
  }

  private double volume(Leaf leaf) {
    double volume = 1;
    for (int j = 0; j < keys; j++) {
      volume *= leaf.side(j);
    }
    return volume;
  }

  private double variance(List<Leaf> leaves) {
    double all = 0;
    double mean = 0;
    for (Leaf leaf : leaves) {
      all += volume(leaf);
      mean += volume(leaf) * leaf.value;
    }
    mean /= all;
    double sum = 0;
    for (Leaf leaf : leaves) {
      sum += volume(leaf) * (leaf.value - mean) * (leaf.value - mean);
    }
    return sum / all;
  }

  /** Variance of the mean over all other keys, along one. */
  private double marginal(List<Leaf> leaves, int key) {
    TreeSet<Double> cuts = new TreeSet<>();
    double whole = 0;
    double mean = 0;
    for (Leaf leaf : leaves) {
      cuts.add(leaf.from[key]);
      cuts.add(leaf.to[key]);
      whole += volume(leaf);
      mean += volume(leaf) * leaf.value;
    }
    mean /= whole;
    double length = cuts.last() - cuts.first();
    double across = whole / length;
    double sum = 0;
    Double before = null;
    for (double cut : cuts) {
      if (before != null) {
        double middle = (before + cut) / 2;
        double value = 0;
        for (Leaf leaf : leaves) {
          if (leaf.from[key] < middle && middle < leaf.to[key]) {
            value += volume(leaf) / leaf.side(key) / across * leaf.value;
          }
        }
        sum += (cut - before) / length * (value - mean) * (value - mean);
      }
      before = cut;
    }
    return sum;
  }
}
