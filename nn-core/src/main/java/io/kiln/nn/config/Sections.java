package io.kiln.nn.config;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Sections as maps of their own: copies that can be changed. */
public final class Sections {
  private static final int MOST_DEPTH = 50;

  private Sections() {}

  /**
   * A deep copy whose maps and lists can be changed, with texts for keys.
   *
   * @throws ConfigException if sections within sections come too deep, or a section is in itself
   */
  public static Map<String, Object> copy(Map<?, ?> values) {
    return copy(values, 0);
  }

  /** A deep copy of a value: a section, a list or a single one. */
  public static Object copyOf(Object value) {
    return copyOf(value, 0);
  }

  private static Map<String, Object> copy(Map<?, ?> values, int depth) {
    Map<String, Object> copy = new LinkedHashMap<>();
    values.forEach((key, value) -> copy.put(String.valueOf(key), copyOf(value, depth)));
    return copy;
  }

  /** A YAML alias can put a section into itself; the depth ends that. */
  private static Object copyOf(Object value, int depth) {
    if (depth > MOST_DEPTH) {
      throw new ConfigException(
          "configuration: sections within sections came deeper than "
              + MOST_DEPTH
              + "; write them flatter, and put none into itself");
    }
    if (value instanceof Map<?, ?> map) {
      return copy(map, depth + 1);
    }
    if (value instanceof Collection<?> items) {
      List<Object> copy = new ArrayList<>();
      items.forEach(item -> copy.add(copyOf(item, depth + 1)));
      return copy;
    }
    return value;
  }
}
