package io.kiln.spark.config;

import io.kiln.nn.config.ConfigException;
import io.kiln.nn.config.Sections;
import io.kiln.nn.config.Yaml;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Changes single values of a configuration by their dotted keys: {@code --set} and the trials of a
 * sweep.
 */
public final class Overlay {
  private static final String SPACE = "sweep.space.";

  private Overlay() {}

  /**
   * A copy of a configuration with assignments {@code a.b=value} made, in order. The value is YAML:
   * {@code 0.1}, {@code [256, 128]}, {@code {type: adam}}; nothing after the {@code =} means the
   * default.
   *
   * @throws ConfigException if an assignment has no {@code =}, or its key goes through a value
   */
  public static Map<String, Object> with(Map<String, ?> values, List<String> assignments) {
    Map<String, Object> changed = Sections.copy(values);
    for (String assignment : assignments) {
      int equals = assignment.indexOf('=');
      if (equals <= 0) {
        throw new ConfigException(
            "--set " + assignment + ": it has no key=value; write e.g. --set train.epochs=5");
      }
      String key = assignment.substring(0, equals).strip();
      set(changed, key, Yaml.value("--set " + key, assignment.substring(equals + 1)));
    }
    return changed;
  }

  /**
   * Puts one value under a dotted key, making the sections on the way. A text on the way is a
   * section's type ({@code loss: mse} is {@code loss: {type: mse}}); a number in the key is an
   * index into a list. A null value takes the key away.
   */
  public static void set(Map<String, Object> values, String key, @Nullable Object value) {
    List<String> parts = parts(key);
    Object holder = values;
    for (int i = 0; i < parts.size() - 1; i++) {
      Object next = get(holder, parts.get(i), key);
      if (!(next instanceof Map) && !(next instanceof List)) {
        Map<String, Object> section = new LinkedHashMap<>();
        if (next == null && value == null) {
          return;
        }
        if (next instanceof String type) {
          section.put("type", type);
        } else if (next != null) {
          throw new ConfigException(
              key
                  + ": "
                  + String.join(".", parts.subList(0, i + 1))
                  + " is the value '"
                  + next
                  + "' but a section is needed; set the whole of it");
        }
        put(holder, parts.get(i), key, section);
        next = section;
      }
      holder = next;
    }
    put(holder, parts.get(parts.size() - 1), key, value == null ? null : Sections.copyOf(value));
  }

  /** The keys of a sweep's space have dots of their own. */
  private static List<String> parts(String key) {
    List<String> parts =
        key.startsWith(SPACE) && key.length() > SPACE.length()
            ? List.of("sweep", "space", key.substring(SPACE.length()))
            : List.of(key.split("\\.", -1));
    if (parts.stream().anyMatch(String::isBlank)) {
      throw new ConfigException(
          "--set " + key + ": a part of the key is empty; write e.g. train.epochs");
    }
    return parts;
  }

  private static @Nullable Object get(Object holder, String part, String key) {
    return holder instanceof List<?> items
        ? items.get(index(items, part, key))
        : ((Map<?, ?>) holder).get(part);
  }

  @SuppressWarnings("unchecked") // the maps and lists come from copy
  private static void put(Object holder, String part, String key, @Nullable Object value) {
    if (holder instanceof List<?> items) {
      int index = index(items, part, key);
      if (value == null) {
        items.remove(index);
      } else {
        ((List<Object>) items).set(index, value);
      }
    } else if (value == null) {
      ((Map<String, Object>) holder).remove(part);
    } else {
      ((Map<String, Object>) holder).put(part, value);
    }
  }

  private static int index(List<?> items, String part, String key) {
    int index = -1;
    try {
      index = Integer.parseInt(part);
    } catch (NumberFormatException e) {
      // Said below: it is out of bounds.
    }
    if (index < 0 || index >= items.size()) {
      throw new ConfigException(
          key + ": '" + part + "' came but the list has the positions 0 to " + (items.size() - 1));
    }
    return index;
  }
}
