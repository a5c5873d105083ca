package io.kiln.nn.zoo;

import io.kiln.nn.config.Settings;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** Networks of one family that differ by a number in their names: {@code resnet18}. */
final class Variants {
  private Variants() {}

  /** The names of a family whose numbers are the keys of a table, in order. */
  static List<String> names(String family, Map<Integer, ?> table) {
    return new TreeSet<>(table.keySet()).stream().map(number -> family + number).toList();
  }

  /** The number in {@code type}, which was found under one of the family's names. */
  static int number(Settings settings) {
    return Integer.parseInt(settings.text("type").replaceAll("\\D", ""));
  }

  /** What a table has for a number. */
  static <T> T of(String family, Map<Integer, T> table, int number) {
    T value = table.get(number);
    if (value == null) {
      throw new IllegalArgumentException(
          family
              + ": "
              + number
              + " came but there are "
              + String.join(", ", names(family, table))
              + "; use one of them");
    }
    return value;
  }
}
