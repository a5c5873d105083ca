package io.kiln.nn.data;

import io.kiln.nn.config.ConfigException;
import io.kiln.nn.config.Settings;
import io.kiln.nn.io.FormatException;
import io.kiln.nn.io.FormatInput;
import io.kiln.nn.io.Storage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import org.jspecify.annotations.Nullable;

/**
 * Reads CSV files (RFC 4180 with any delimiter), plain or gzip, into tables.
 *
 * @param header {@code yes}, {@code no}, or {@code auto}: the first line is a header if none of its
 *     cells is a number but one of the next line is
 * @param delimiter what stands between cells
 * @param label name or index of the label's column, {@code last}, or {@code none}
 * @param drop names or indices of columns that are passed over
 * @param categorical names or indices of columns of texts
 * @param missing {@code error}, {@code mean} or {@code drop} of rows in which a cell is missing
 */
record Csv(
    String header,
    char delimiter,
    String label,
    List<String> drop,
    List<String> categorical,
    String missing) {
  private static final Set<String> MISSING = Set.of("", "?", "na", "n/a", "nan", "null");

  static Csv of(Settings data) {
    String header = data.text("header", "auto");
    header = header.equals("true") ? "yes" : header.equals("false") ? "no" : header;
    if (!Set.of("auto", "yes", "no").contains(header)) {
      throw new ConfigException(
          data.path("header") + ": '" + header + "' came but yes, no or auto is needed");
    }
    String delimiter = data.text("delimiter", ",");
    delimiter = delimiter.equals("tab") ? "\t" : delimiter;
    if (delimiter.length() != 1) {
      throw new ConfigException(
          data.path("delimiter") + ": '" + delimiter + "' came but one character or tab is needed");
    }
    return new Csv(
        header,
        delimiter.charAt(0),
        data.text("label", "last"),
        data.texts("drop", List.of()),
        data.texts("categorical", List.of()),
        data.choice("missing", "error", "error", "mean", "drop"));
  }

  /** Where each cell of a line goes. */
  record Layout(List<String> names, int label, Set<Integer> dropped, Set<Integer> texts) {}

  /**
   * Reads a file and feeds its bytes to a digest.
   *
   * @param features number of features of a model that is trained, or 0: a file with just so many
   *     columns has no labels
   * @throws FormatException if a line has too many or too few cells or a cell is not a number
   */
  Table read(Storage storage, String path, int features, MessageDigest digest) throws IOException {
    CSVFormat format =
        CSVFormat.RFC4180
            .builder()
            .setDelimiter(delimiter)
            .setRecordSeparator('\n')
            .setIgnoreEmptyLines(true)
            .setIgnoreSurroundingSpaces(true)
            .build();
    try (FormatInput in = FormatInput.open(storage, path);
        CSVParser parser =
            CSVParser.parse(Utf8.lines(path, new DigestInputStream(in.stream(), digest)), format)) {
      return read(parser.iterator(), path, features);
    } catch (UncheckedIOException e) {
      if (e.getCause() instanceof FormatException damaged) {
        throw damaged;
      }
      throw new FormatException(path, -1, "it is not CSV: " + e.getMessage());
    } catch (IllegalStateException e) {
      throw new FormatException(path, -1, "it is not CSV: " + e.getMessage());
    }
  }

  private Table read(Iterator<CSVRecord> lines, String path, int features) throws FormatException {
    if (!lines.hasNext()) {
      throw new FormatException(path, 0, "it is empty; give a file with at least one row");
    }
    CSVRecord first = lines.next();
    CSVRecord second = lines.hasNext() ? lines.next() : null;
    boolean named =
        header.equals("yes") || (header.equals("auto") && looksLikeHeader(first, second));
    Layout layout = layout(first, named, path, features);
    List<String> columns = new ArrayList<>();
    for (int i = 0; i < first.size(); i++) {
      if (i != layout.label() && !layout.dropped().contains(i)) {
        columns.add(layout.names().get(i));
      }
    }
    if (columns.isEmpty()) {
      throw new FormatException(path, 0, "no column of features is left beside the label");
    }
    Table table = new Table(path, columns, layout.label() >= 0);
    if (!named) {
      add(first, layout, table);
    }
    if (second != null) {
      add(second, layout, table);
    }
    while (lines.hasNext()) {
      add(lines.next(), layout, table);
    }
    if (table.rows() == 0) {
      throw new FormatException(path, -1, "no rows are left; give a file with at least one");
    }
    return table;
  }

  private void add(CSVRecord line, Layout layout, Table table) throws FormatException {
    if (line.size() != layout.names().size()) {
      throw wrong(
          table, line, line.size() + " cells came but the first line has " + layout.names().size());
    }
    float[] row = new float[table.columns().size()];
    int column = 0;
    boolean complete = true;
    for (int i = 0; i < line.size(); i++) {
      if (i == layout.label() || layout.dropped().contains(i)) {
        continue;
      }
      String cell = line.get(i).trim();
      if (MISSING.contains(cell.toLowerCase(Locale.ROOT))) {
        if (missing.equals("error")) {
          throw wrong(
              table,
              line,
              "column '"
                  + layout.names().get(i)
                  + "' has no value; set data.missing to mean or drop");
        }
        complete = false;
        row[column] = Float.NaN;
      } else if (layout.texts().contains(i)) {
        row[column] = table.code(column, cell);
      } else {
        row[column] = (float) Table.number(cell);
        if (!Float.isFinite(row[column])) {
          throw wrong(
              table,
              line,
              "column '"
                  + layout.names().get(i)
                  + "' has '"
                  + cell
                  + "' but a number is needed; put the column into data.categorical or data.drop");
        }
      }
      column++;
    }
    if (!complete && missing.equals("drop")) {
      return;
    }
    String text = layout.label() < 0 ? "" : line.get(layout.label()).trim();
    if (layout.label() >= 0 && MISSING.contains(text.toLowerCase(Locale.ROOT))) {
      if (missing.equals("drop")) {
        return;
      }
      throw wrong(table, line, "its label is missing; set data.missing to drop");
    }
    try {
      table.add(row, text);
    } catch (ArithmeticException e) {
      throw wrong(table, line, "there are more numbers than can be held; use fewer rows");
    }
  }

  private static FormatException wrong(Table table, CSVRecord line, String message) {
    return new FormatException(table.path(), -1, "row " + line.getRecordNumber() + ": " + message);
  }

  private static boolean looksLikeHeader(CSVRecord first, @Nullable CSVRecord second) {
    return second != null && !hasNumber(first) && hasNumber(second);
  }

  private static boolean hasNumber(CSVRecord line) {
    for (String cell : line) {
      if (!Double.isNaN(Table.number(cell.trim()))) {
        return true;
      }
    }
    return false;
  }

  private Layout layout(CSVRecord first, boolean named, String path, int features) {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < first.size(); i++) {
      names.add(named ? first.get(i).trim() : Integer.toString(i));
    }
    Set<Integer> dropped = new HashSet<>();
    for (String name : drop) {
      dropped.add(find(names, name, "drop", path));
    }
    boolean labelled = !label.equals("none") && names.size() - dropped.size() != features;
    int labelColumn =
        !labelled
            ? -1
            : label.equals("last") ? names.size() - 1 : find(names, label, "label", path);
    Set<Integer> texts = new HashSet<>();
    for (String name : categorical) {
      texts.add(find(names, name, "categorical", path));
    }
    return new Layout(names, labelColumn, dropped, texts);
  }

  private static int find(List<String> names, String wanted, String key, String path) {
    int named = names.indexOf(wanted);
    if (named >= 0) {
      return named;
    }
    double index = Table.number(wanted);
    int at = (int) (index < 0 ? index + names.size() : index);
    if (index == Math.rint(index) && at >= 0 && at < names.size()) {
      return at;
    }
    throw new ConfigException(
        "data."
            + key
            + ": there is no column '"
            + wanted
            + "' in "
            + path
            + "; columns are "
            + String.join(", ", names));
  }
}
