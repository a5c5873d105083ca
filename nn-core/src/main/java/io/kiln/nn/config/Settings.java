package io.kiln.nn.config;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One section of a configuration. Order of calls: read every key you know, then {@link #finish},
 * which refuses the keys nobody asked for.
 *
 * <p>Values are what a YAML or JSON reader gives: strings, numbers, booleans, lists, maps. Keys are
 * lower case with hyphens. Not thread-safe.
 */
public final class Settings {
  private final String where;
  private final Map<String, Object> values;
  private final Set<String> asked = new LinkedHashSet<>();

  private Settings(String where, Map<String, Object> values) {
    this.where = where;
    this.values = values;
  }

  /** A section; {@code where} is its dotted key, empty for the whole configuration. */
  public static Settings of(String where, Map<?, ?> values) {
    Map<String, Object> copy = new LinkedHashMap<>();
    values.forEach(
        (key, value) -> {
          if (value != null) {
            copy.put(String.valueOf(key), value);
          }
        });
    return new Settings(where, copy);
  }

  /** The dotted key of this section. */
  public String where() {
    return where;
  }

  /** The dotted key of one of its keys. */
  public String path(String key) {
    return where.isEmpty() ? key : where + "." + key;
  }

  /** The values as they came. */
  public Map<String, Object> values() {
    return new LinkedHashMap<>(values);
  }

  /** Whether the key is given; counts as asking for it. */
  public boolean has(String key) {
    return raw(key) != null;
  }

  /** The value as it came, or null. */
  public @Nullable Object raw(String key) {
    asked.add(key);
    return values.get(key);
  }

  /** A required text. */
  public String text(String key) {
    return asText(key, required(key));
  }

  /** A text. */
  public String text(String key, String fallback) {
    Object value = raw(key);
    return value == null ? fallback : asText(key, value);
  }

  /** A text that must be one of the choices. */
  public String choice(String key, String fallback, String... choices) {
    String value = text(key, fallback);
    for (String choice : choices) {
      if (choice.equals(value)) {
        return value;
      }
    }
    throw new ConfigException(
        path(key)
            + ": '"
            + value
            + "' is not known; use "
            + (choices.length == 1 ? choices[0] : "one of " + String.join(", ", choices)));
  }

  /** A required whole number. */
  public int integer(String key) {
    return asInteger(key, required(key));
  }

  /** A whole number. */
  public int integer(String key, int fallback) {
    Object value = raw(key);
    return value == null ? fallback : asInteger(key, value);
  }

  /** A whole number of at least a bound. */
  public int atLeast(int least, String key, int fallback) {
    int value = integer(key, fallback);
    if (value < least) {
      throw new ConfigException(
          path(key) + ": " + value + " came but it must be " + least + " or more");
    }
    return value;
  }

  /** A whole number of 64 bits. */
  public long whole(String key, long fallback) {
    Object value = raw(key);
    if (value == null) {
      return fallback;
    }
    double number = asNumber(key, value);
    if (number != Math.rint(number)) {
      throw wrong(key, value, "a whole number");
    }
    return value instanceof Number whole ? whole.longValue() : (long) number;
  }

  /** A required number. */
  public double number(String key) {
    return asNumber(key, required(key));
  }

  /** A number. */
  public double number(String key, double fallback) {
    Object value = raw(key);
    return value == null ? fallback : asNumber(key, value);
  }

  /** A number within bounds, both included. */
  public double within(double least, double most, String key, double fallback) {
    double value = number(key, fallback);
    if (!(value >= least && value <= most)) {
      String range =
          most == Double.POSITIVE_INFINITY ? least + " or more" : "from " + least + " to " + most;
      throw new ConfigException(path(key) + ": " + value + " came but it must be " + range);
    }
    return value;
  }

  /** A number from 0 and below 1: a share that is kept again and again. */
  public double belowOne(String key, double fallback) {
    double value = number(key, fallback);
    if (!(value >= 0 && value < 1)) {
      throw new ConfigException(
          path(key) + ": " + value + " came but it must be 0.0 or more and below 1");
    }
    return value;
  }

  /** A switch. */
  public boolean flag(String key, boolean fallback) {
    Object value = raw(key);
    if (value == null) {
      return fallback;
    }
    if (value instanceof Boolean flag) {
      return flag;
    }
    if (value.equals("true") || value.equals("false")) {
      return value.equals("true");
    }
    throw wrong(key, value, "true or false");
  }

  /** A list of whole numbers; one number alone counts as a list of one. */
  public List<Integer> integers(String key, List<Integer> fallback) {
    Object value = raw(key);
    if (value == null) {
      return fallback;
    }
    List<Integer> numbers = new ArrayList<>();
    for (Object item : asList(value)) {
      numbers.add(asInteger(key, item));
    }
    return numbers;
  }

  /** A list of numbers; one number alone counts as a list of one. */
  public List<Double> numbers(String key, List<Double> fallback) {
    Object value = raw(key);
    if (value == null) {
      return fallback;
    }
    List<Double> numbers = new ArrayList<>();
    for (Object item : asList(value)) {
      numbers.add(asNumber(key, item));
    }
    return numbers;
  }

  /** A list of texts; one text alone counts as a list of one. */
  public List<String> texts(String key, List<String> fallback) {
    Object value = raw(key);
    if (value == null) {
      return fallback;
    }
    List<String> texts = new ArrayList<>();
    for (Object item : asList(value)) {
      texts.add(asText(key, item));
    }
    return texts;
  }

  /** A section; empty if it is not given. */
  public Settings section(String key) {
    Object value = raw(key);
    return value == null ? of(path(key), Map.of()) : asSection(path(key), value);
  }

  /** A list of sections, each named {@code key[i]}. */
  public List<Settings> sections(String key) {
    Object value = raw(key);
    List<Settings> sections = new ArrayList<>();
    if (value == null) {
      return sections;
    }
    if (!(value instanceof Collection<?> items)) {
      throw wrong(key, value, "a list of sections");
    }
    for (Object item : items) {
      sections.add(asSection(path(key) + "[" + sections.size() + "]", item));
    }
    return sections;
  }

  /**
   * Refuses the keys that nobody asked for.
   *
   * @throws ConfigException naming the key and the nearest one that is known
   */
  public void finish() {
    for (String key : values.keySet()) {
      if (!asked.contains(key)) {
        String nearest = nearest(key, asked);
        throw new ConfigException(
            path(key)
                + ": there is no such key"
                + (nearest.isEmpty() ? "; remove it" : "; did you mean " + path(nearest) + "?"));
      }
    }
  }

  /** The candidate with the smallest edit distance to a word; empty if there is none. */
  public static String nearest(String word, Collection<String> candidates) {
    String best = "";
    int least = Integer.MAX_VALUE;
    for (String candidate : candidates) {
      int distance = distance(word, candidate);
      if (distance < least) {
        least = distance;
        best = candidate;
      }
    }
    return best;
  }

  private static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[b.length()];
  }

  private static Collection<?> asList(Object value) {
    return value instanceof Collection<?> items ? items : List.of(value);
  }

  private Settings asSection(String path, Object value) {
    if (value instanceof Map<?, ?> map) {
      return of(path, map);
    }
    throw new ConfigException(path + ": '" + value + "' came but a section (key: value) is needed");
  }

  private Object required(String key) {
    Object value = raw(key);
    if (value == null) {
      throw new ConfigException(path(key) + ": it is missing; set it");
    }
    return value;
  }

  private String asText(String key, Object value) {
    if (value instanceof Map || value instanceof Collection) {
      throw wrong(key, value, "a text");
    }
    return String.valueOf(value);
  }

  private int asInteger(String key, Object value) {
    double number = asNumber(key, value);
    if (number != Math.rint(number) || Math.abs(number) > Integer.MAX_VALUE) {
      throw wrong(key, value, "a whole number");
    }
    return (int) number;
  }

  private double asNumber(String key, Object value) {
    if (value instanceof Number number) {
      return number.doubleValue();
    }
    try {
      return Double.parseDouble(String.valueOf(value));
    } catch (NumberFormatException e) {
      throw wrong(key, value, "a number");
    }
  }

  private ConfigException wrong(String key, Object value, String needed) {
    return new ConfigException(path(key) + ": '" + value + "' came but " + needed + " is needed");
  }
}
