package io.kiln.spark.sweep;

import io.kiln.nn.tensor.CounterRng;
import io.kiln.spark.config.SweepConfig;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Which values the trials of a sweep have: a function of the configuration alone. */
final class Trials {
  private Trials() {}

  /**
   * The values of each trial by dotted key, in order.
   *
   * @param whole keys whose ranges are drawn in whole numbers
   */
  static List<Map<String, Object>> of(SweepConfig sweep, Set<String> whole) {
    return sweep.strategy().equals("grid") ? grid(sweep) : random(sweep, whole);
  }

  /**
   * The order in which trials are handed out: the most expensive first, so that none is left to run
   * alone at the end; of equals, the first.
   */
  static List<Integer> longestFirst(double[] costs) {
    List<Integer> order = new ArrayList<>();
    for (int i = 0; i < costs.length; i++) {
      order.add(i);
    }
    order.sort(Comparator.comparingDouble(i -> -costs[i]));
    return order;
  }

  /** Every combination; the last key moves fastest. */
  private static List<Map<String, Object>> grid(SweepConfig sweep) {
    List<Map<String, Object>> trials = List.of(Map.of());
    for (Map.Entry<String, SweepConfig.Axis> axis : sweep.space().entrySet()) {
      if (!(axis.getValue() instanceof SweepConfig.Axis.Values values)) {
        throw new IllegalArgumentException("sweep: a grid over the range " + axis.getKey());
      }
      List<Map<String, Object>> longer = new ArrayList<>();
      for (Map<String, Object> trial : trials) {
        for (Object value : values.values()) {
          Map<String, Object> more = new LinkedHashMap<>(trial);
          more.put(axis.getKey(), value);
          longer.add(more);
        }
      }
      trials = longer;
    }
    return trials;
  }

  /** Each key drawn on its own; trial i of a seed is always the same. */
  private static List<Map<String, Object>> random(SweepConfig sweep, Set<String> whole) {
    List<Map<String, Object>> trials = new ArrayList<>();
    for (int i = 0; i < sweep.trials(); i++) {
      Map<String, Object> trial = new LinkedHashMap<>();
      int site = 0;
      for (Map.Entry<String, SweepConfig.Axis> axis : sweep.space().entrySet()) {
        CounterRng rng = CounterRng.of(sweep.seed(), site++);
        trial.put(axis.getKey(), draw(axis.getValue(), whole.contains(axis.getKey()), rng, i));
      }
      trials.add(trial);
    }
    return trials;
  }

  private static Object draw(SweepConfig.Axis axis, boolean whole, CounterRng rng, int trial) {
    if (axis instanceof SweepConfig.Axis.Range range) {
      double u = rng.uniform(trial);
      // Each whole number has a piece of the line of its own, from a half before to a half behind
      // it.
      double min = whole ? Math.ceil(range.min()) - 0.5 : range.min();
      double max = whole ? Math.floor(range.max()) + 0.5 : range.max();
      double value =
          range.log() ? Math.exp(Math.log(min) + u * Math.log(max / min)) : min + u * (max - min);
      if (!whole) {
        return value;
      }
      return (long)
          Math.min(Math.floor(range.max()), Math.max(Math.ceil(range.min()), Math.rint(value)));
    }
    List<Object> values = ((SweepConfig.Axis.Values) axis).values();
    return values.get(rng.integer(trial, values.size()));
  }
}
