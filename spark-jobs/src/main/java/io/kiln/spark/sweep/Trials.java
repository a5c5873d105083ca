package io.kiln.spark.sweep;

import io.kiln.nn.tensor.CounterRng;
import io.kiln.spark.config.SweepConfig;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Which values the trials of a sweep have: a function of the configuration alone. */
final class Trials {
  private Trials() {}

  /** The values of each trial by dotted key, in order. */
  static List<Map<String, Object>> of(SweepConfig sweep) {
    return sweep.strategy().equals("grid") ? grid(sweep) : random(sweep);
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
  private static List<Map<String, Object>> random(SweepConfig sweep) {
    List<Map<String, Object>> trials = new ArrayList<>();
    for (int i = 0; i < sweep.trials(); i++) {
      Map<String, Object> trial = new LinkedHashMap<>();
      int site = 0;
      for (Map.Entry<String, SweepConfig.Axis> axis : sweep.space().entrySet()) {
        trial.put(axis.getKey(), draw(axis.getValue(), CounterRng.of(sweep.seed(), site++), i));
      }
      trials.add(trial);
    }
    return trials;
  }

  private static Object draw(SweepConfig.Axis axis, CounterRng rng, int trial) {
    if (axis instanceof SweepConfig.Axis.Range range) {
      double u = rng.uniform(trial);
      double value =
          range.log()
              ? Math.exp(Math.log(range.min()) + u * Math.log(range.max() / range.min()))
              : range.min() + u * (range.max() - range.min());
      return range.whole() ? (Object) Math.round(value) : (Object) value;
    }
    List<Object> values = ((SweepConfig.Axis.Values) axis).values();
    return values.get(rng.integer(trial, values.size()));
  }
}
