package io.kiln.nn.data;

import io.kiln.nn.config.Settings;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.commons.csv.CSVRecord;
import org.jspecify.annotations.Nullable;

/** Whether the first line of a CSV file names the columns, where the settings do not say it. */
final class CsvHeader {
  private static final int MOST_NAMED = 8;

  private CsvHeader() {}

  /** Names that only a header has: those of known columns, or those that the settings use. */
  static Set<String> wanted(Settings data, @Nullable TableSchema known) {
    Set<String> wanted = new HashSet<>();
    if (known == null) {
      for (String key : List.of("drop", "features", "categorical", "columns")) {
        wanted.addAll(data.texts(key, List.of()));
      }
      wanted.add(data.text("label", "last"));
      wanted.removeAll(Set.of("last", "none"));
    } else {
      wanted.addAll(known.names());
    }
    wanted.removeIf(name -> name.isEmpty() || !Double.isNaN(Table.number(name)));
    return wanted;
  }

  /**
   * Whether the first line holds one of these names; if not, whether none of its cells is a number
   * but one of the next line is.
   */
  static boolean names(CSVRecord first, @Nullable CSVRecord second, Set<String> wanted) {
    for (String cell : first) {
      if (wanted.contains(cell.trim())) {
        return true;
      }
    }
    return !hasNumber(first) && (second == null || hasNumber(second));
  }

  /** Whether one of these cells, which stand in columns of numbers, is a text. */
  static boolean texts(List<String> cells) {
    return cells.stream().anyMatch(cell -> Double.isNaN(Table.number(cell)) && !Csv.missing(cell));
  }

  private static boolean hasNumber(CSVRecord line) {
    for (String cell : line) {
      if (!Double.isNaN(Table.number(cell.trim()))) {
        return true;
      }
    }
    return false;
  }

  /** What the user should know of the guess. */
  static String note(String path, boolean named, List<String> names) {
    if (!named) {
      return path
          + ": its first line was taken for a row, columns are called by their places from 0; if it"
          + " names them, set data.header: yes";
    }
    List<String> some = new ArrayList<>(names.subList(0, Math.min(MOST_NAMED, names.size())));
    if (names.size() > MOST_NAMED) {
      some.add("…");
    }
    return path
        + ": its first line was taken for the names of the columns ("
        + String.join(", ", some)
        + "); if it is a row, set data.header: no";
  }
}
