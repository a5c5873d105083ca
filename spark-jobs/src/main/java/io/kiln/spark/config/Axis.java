package io.kiln.spark.config;

import io.kiln.nn.config.ConfigException;
import io.kiln.nn.config.Settings;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The values that a sweep tries of one key. */
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
  record Range(double min, double max, boolean log, boolean whole) implements Axis {
    /** The bounds as whole numbers within them, or as they are. */
    public double least() {
      return whole ? Math.ceil(min) : min;
    }

    /** The other bound. */
    public double most() {
      return whole ? Math.floor(max) : max;
    }
  }

  /** Values each of which has a space of its own. */
  record Choices(List<Choice> choices) implements Axis {
    /** Copies the list. */
    public Choices {
      choices = List.copyOf(choices);
    }
  }

  /**
   * One of them.
   *
   * @param value of the key
   * @param space what is tried beside it, by dotted key; may be empty
   */
  record Choice(Object value, Map<String, Axis> space) {
    /** Copies the map. */
    public Choice {
      space = Collections.unmodifiableMap(new LinkedHashMap<>(space));
    }
  }

  /**
   * Reads a space: keys and what is tried of them.
   *
   * @param strategy for what it may hold: a grid has no ranges
   */
  static Map<String, Axis> space(Settings settings, String strategy) {
    Map<String, Axis> space = new LinkedHashMap<>();
    for (String key : settings.values().keySet()) {
      space.put(key, axis(settings, key, strategy));
    }
    settings.finish();
    return space;
  }

  private static Axis axis(Settings settings, String key, String strategy) {
    Object value = settings.raw(key);
    if (value instanceof List<?> items && !items.isEmpty()) {
      return new Values(new ArrayList<>(items));
    }
    if (!(value instanceof Map<?, ?> section)) {
      throw new ConfigException(
          settings.path(key)
              + ": '"
              + value
              + "' came but a list of values, {min: …, max: …} or {choices: …} is needed");
    }
    return section.containsKey("choices")
        ? choices(settings.section(key), strategy)
        : range(settings, key, strategy);
  }

  private static Axis range(Settings settings, String key, String strategy) {
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
    if (whole && Math.ceil(min) > Math.floor(max)) {
      throw new ConfigException(
          range.where() + ": there is no whole number from " + min + " to " + max + "; widen it");
    }
    return new Range(min, max, log, whole);
  }

  /** Either {@code {name: space, …}}, or a list of values and {@code {value: …, space: …}}. */
  private static Axis choices(Settings settings, String strategy) {
    List<Choice> choices = new ArrayList<>();
    Object given = settings.raw("choices");
    if (given instanceof Map) {
      Settings named = settings.section("choices");
      for (String name : named.values().keySet()) {
        choices.add(new Choice(name, space(named.section(name), strategy)));
      }
      named.finish();
    } else if (given instanceof List<?> items) {
      for (Object item : items) {
        String where = settings.path("choices") + "[" + choices.size() + "]";
        if (item instanceof Map<?, ?> map && map.containsKey("value")) {
          Settings one = Settings.of(where, map);
          Object value = one.raw("value");
          if (value == null) {
            throw new ConfigException(one.path("value") + ": it is missing; set it");
          }
          choices.add(new Choice(value, space(one.section("space"), strategy)));
          one.finish();
        } else if (item != null) {
          choices.add(new Choice(item, Map.of()));
        }
      }
    }
    settings.finish();
    if (choices.isEmpty()) {
      throw new ConfigException(
          settings.path("choices")
              + ": '"
              + given
              + "' came but choices are needed, e.g. {sgd: {optimizer.momentum: [0, 0.9]}, adam:"
              + " {}}");
    }
    return new Choices(choices);
  }

  /** A space as it is read. */
  static Map<String, Object> resolved(Map<String, Axis> space) {
    Map<String, Object> axes = new LinkedHashMap<>();
    space.forEach((key, axis) -> axes.put(key, axis.resolved()));
    return axes;
  }

  /** This as it is read. */
  private Object resolved() {
    if (this instanceof Range range) {
      Map<String, Object> map = new LinkedHashMap<>();
      map.put("min", range.min());
      map.put("max", range.max());
      map.put("scale", range.log() ? "log" : "linear");
      map.put("whole", range.whole());
      return map;
    }
    if (this instanceof Choices some) {
      List<Object> list = new ArrayList<>();
      for (Choice choice : some.choices()) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("value", choice.value());
        map.put("space", resolved(choice.space()));
        list.add(map);
      }
      Map<String, Object> map = new LinkedHashMap<>();
      map.put("choices", list);
      return map;
    }
    return ((Values) this).values();
  }
}
