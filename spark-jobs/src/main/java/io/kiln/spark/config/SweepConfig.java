package io.kiln.spark.config;

import io.kiln.nn.config.ConfigException;
import io.kiln.nn.config.Settings;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The section {@code sweep}.
 *
 * @param strategy how trials are chosen
 * @param metric dotted name of what the best trial is best in
 * @param space what is tried, by dotted key
 * @param trials number of trials, for all strategies but grid
 * @param seed of the choice of trials
 * @param parallel trials at a time; 0 for as many as there are slots
 */
public record SweepConfig(
    String strategy, String metric, Map<String, Axis> space, int trials, long seed, int parallel) {

  /** The values of one key. */
  public sealed interface Axis {
    /** These values. */
    record Values(List<Object> values) implements Axis {
      /** Copies the list. */
      public Values {
        values = List.copyOf(values);
      }
    }

    /**
     * Any number from {@code min} to {@code max}.
     *
     * @param log whether its logarithm is uniform
     * @param whole whether it is a whole number
     */
    record Range(double min, double max, boolean log, boolean whole) implements Axis {}
  }

  /** Reads the section. */
  public static SweepConfig read(Settings settings) {
    String strategy = settings.choice("strategy", "grid", "grid", "random");
    SweepConfig read =
        new SweepConfig(
            strategy,
            settings.choice("metric", "validation.accuracy", Metrics.NAMES),
            space(settings.section("space"), strategy),
            settings.atLeast(1, "trials", 20),
            settings.whole("seed", 1),
            settings.atLeast(0, "parallel", 0));
    settings.finish();
    return read;
  }

  /** Whether a greater metric is the better one. */
  public boolean greaterIsBetter() {
    return Metrics.greaterIsBetter(metric);
  }

  private static Map<String, Axis> space(Settings settings, String strategy) {
    Map<String, Axis> space = new LinkedHashMap<>();
    for (String key : settings.values().keySet()) {
      space.put(key, axis(settings, key, strategy));
    }
    if (space.isEmpty()) {
      throw new ConfigException(
          settings.where()
              + ": there is nothing to try; give keys and their values, e.g."
              + " optimizer.learning-rate: [0.1, 0.03]");
    }
    settings.finish();
    return space;
  }

  private static Axis axis(Settings settings, String key, String strategy) {
    Object value = settings.raw(key);
    if (value instanceof List<?> items && !items.isEmpty()) {
      return new Axis.Values(new ArrayList<>(items));
    }
    if (!(value instanceof Map)) {
      throw new ConfigException(
          settings.path(key)
              + ": '"
              + value
              + "' came but a list of values or {min: …, max: …} is needed");
    }
    if (strategy.equals("grid")) {
      throw new ConfigException(
          settings.path(key)
              + ": a range came but a grid needs a list of values; or set sweep.strategy to random");
    }
    Settings range = settings.section(key);
    double min = range.number("min");
    double max = range.number("max");
    boolean log = range.choice("scale", "linear", "linear", "log").equals("log");
    boolean whole = range.flag("whole", false);
    range.finish();
    if (!(min < max) || (log && min <= 0)) {
      throw new ConfigException(
          range.where()
              + ": "
              + min
              + " to "
              + max
              + " came but min must be below max"
              + (log ? " and above 0" : ""));
    }
    return new Axis.Range(min, max, log, whole);
  }

  Map<String, Object> resolved() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("strategy", strategy);
    map.put("metric", metric);
    map.put("trials", trials);
    map.put("seed", seed);
    map.put("parallel", parallel);
    Map<String, Object> axes = new LinkedHashMap<>();
    space.forEach((key, axis) -> axes.put(key, resolved(axis)));
    map.put("space", axes);
    return map;
  }

  private static Object resolved(Axis axis) {
    if (axis instanceof Axis.Range range) {
      Map<String, Object> map = new LinkedHashMap<>();
      map.put("min", range.min());
      map.put("max", range.max());
      map.put("scale", range.log() ? "log" : "linear");
      map.put("whole", range.whole());
      return map;
    }
    return ((Axis.Values) axis).values();
  }
}
