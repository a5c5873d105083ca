package io.kiln.spark.report;

import java.util.ArrayList;
import java.util.List;

/** A table of text: columns as wide as they need to be; numbers to the right. */
public final class TextTable {
  private final List<List<String>> rows = new ArrayList<>();

  /** The names of the columns. */
  public TextTable header(List<String> cells) {
    rows.add(0, List.copyOf(cells));
    return this;
  }

  /** A row with as many cells as the header. */
  public TextTable row(List<String> cells) {
    rows.add(List.copyOf(cells));
    return this;
  }

  @Override
  public String toString() {
    if (rows.isEmpty()) {
      return "";
    }
    int columns = rows.get(0).size();
    int[] widths = new int[columns];
    boolean[] numbers = new boolean[columns];
    for (int j = 0; j < columns; j++) {
      numbers[j] = true;
      for (int i = 0; i < rows.size(); i++) {
        String cell = rows.get(i).get(j);
        widths[j] = Math.max(widths[j], cell.length());
        numbers[j] &= i == 0 || cell.isEmpty() || cell.matches("[-–0-9~.].*");
      }
    }
    StringBuilder text = new StringBuilder();
    for (List<String> row : rows) {
      StringBuilder line = new StringBuilder();
      for (int j = 0; j < columns; j++) {
        String gap = " ".repeat(widths[j] - row.get(j).length());
        line.append("  ").append(numbers[j] ? gap + row.get(j) : row.get(j) + gap);
      }
      text.append(line.toString().stripTrailing()).append('\n');
    }
    return text.toString();
  }
}
