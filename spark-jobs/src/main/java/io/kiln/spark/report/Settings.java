package io.kiln.spark.report;

import java.util.LinkedHashMap;
import java.util.Map;

/** The settings of a configuration by dotted key. */
public final class Settings {
  private Settings() {}

  /** Values that are no sections, in the order of the configuration; nulls are left out. */
  public static Map<String, Object> flat(Map<String, Object> config) {
    Map<String, Object> flat = new LinkedHashMap<>();
    flatten("", config, flat);
    return flat;
  }

  /** A value in one line. */
  public static String text(Object value) {
    return Page.value(value);
  }

  private static void flatten(String prefix, Map<?, ?> section, Map<String, Object> flat) {
    section.forEach(
        (key, value) -> {
          if (value instanceof Map<?, ?> inner) {
            flatten(prefix + key + ".", inner, flat);
          } else if (value != null) {
            flat.put(prefix + key, value);
          }
        });
  }
}
