package io.kiln.nn.data;

import io.kiln.nn.config.ConfigException;
import io.kiln.nn.config.Settings;
import io.kiln.nn.io.FormatException;
import io.kiln.nn.io.FormatInput;
import io.kiln.nn.io.Storage;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import org.jspecify.annotations.Nullable;

/**
 * Reads CSV files (RFC 4180 with any delimiter), plain or packed, and folders of them, into tables.
 *
 * @param data the section, for the roles of columns
 * @param header {@code yes}, {@code no}, or {@code auto}: see {@link CsvHeader}
 * @param delimiter what stands between cells
 * @param backslash whether quotes in quotes are escaped with a backslash; null: in part files
 * @param missing {@code error}, {@code mean} or {@code drop} of rows in which a cell is missing
 */
record Csv(
    Settings data, String header, char delimiter, @Nullable Boolean backslash, String missing) {
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
    String escape = data.choice("escape", "auto", "auto", "quote", "backslash");
    return new Csv(
        data,
        header,
        delimiter.charAt(0),
        escape.equals("auto") ? null : escape.equals("backslash"),
        data.choice("missing", "error", "error", "mean", "drop"));
  }

  /** Whether a cell says that there is no value. */
  static boolean missing(String cell) {
    return MISSING.contains(cell.toLowerCase(Locale.ROOT));
  }

  /** A file, or the files of a folder, being read into one table. */
  private final class Run {
    private final String place;
    private final boolean labels;
    private final List<String> notes;
    private final boolean quotes;
    private @Nullable TableSchema schema;
    private Set<Integer> texts;
    private @Nullable Table table;

    Run(String place, @Nullable TableSchema schema, boolean labels, TableFiles files) {
      this.place = place;
      this.schema = schema;
      this.texts = schema == null ? Set.of() : texts(schema, place);
      this.labels = labels;
      this.notes = new ArrayList<>(files.notes());
      this.quotes = backslash == null ? files.parts() : backslash;
    }

    Table finish() throws FormatException {
      Table read = table;
      if (read == null) {
        throw new FormatException(place, 0, "it is empty; give a file with at least one row");
      }
      if (read.rows() == 0) {
        throw new FormatException(
            place,
            -1,
            read.given() == 0
                ? "it has a line of names of columns ("
                    + String.join(", ", read.columns())
                    + ") but no rows; give a file with at least one"
                : "no row is left, each misses a value; set data.missing to mean");
      }
      return read;
    }

    void read(Storage storage, String path, MessageDigest digest) throws IOException {
      CSVFormat format =
          CSVFormat.RFC4180
              .builder()
              .setDelimiter(delimiter)
              .setRecordSeparator('\n')
              .setIgnoreEmptyLines(true)
              .setIgnoreSurroundingSpaces(true)
              .build();
      try (FormatInput in = FormatInput.open(storage, path);
          Reader text = Utf8.lines(path, new DigestInputStream(in.stream(), digest));
          CSVParser parser =
              CSVParser.parse(quotes ? new BackslashQuotes(text, delimiter) : text, format)) {
        read(parser.iterator(), path);
      } catch (UncheckedIOException e) {
        if (e.getCause() instanceof FormatException damaged) {
          throw damaged;
        }
        throw broken(path, e);
      } catch (IllegalStateException e) {
        throw broken(path, e);
      }
    }

    private FormatException broken(String path, RuntimeException e) {
      return new FormatException(
          path,
          -1,
          "it is not CSV: "
              + e.getMessage()
              + (quotes ? "" : "; if it escapes quotes with a backslash, set data.escape"));
    }

    private void read(Iterator<CSVRecord> lines, String path) throws FormatException {
      if (!lines.hasNext()) {
        return; // Spark writes empty part files
      }
      CSVRecord first = lines.next();
      CSVRecord second = lines.hasNext() ? lines.next() : null;
      TableSchema known = schema;
      boolean begins = table == null;
      boolean guessed = header.equals("auto") && (known == null || !known.named());
      boolean named = named(first, second, path);
      List<String> names = new ArrayList<>();
      for (int i = 0; i < first.size(); i++) {
        names.add(named ? first.get(i).trim() : Integer.toString(i));
      }
      if (known == null) {
        List<String> given = data.texts("columns", List.of());
        known = TableSchema.of(data, given.isEmpty() ? names : given, path);
        schema = known;
      }
      if (!named && known.named() && header.equals("auto")) {
        throw new FormatException(
            path,
            0,
            "its first line does not name the columns, but they are known by name: "
                + String.join(", ", known.names())
                + "; put them into a first line, or set data.header: no to take columns by place");
      }
      if (begins && guessed) {
        notes.add(CsvHeader.note(path, named, names));
      }
      TableSchema.Cells cells = known.cells(named ? names : null, first.size(), labels, path);
      if (begins) {
        texts = texts(known, path);
        table = new Table(place, known.featureNames(), known, cells.label() >= 0, notes);
      }
      Table into = table;
      if (into == null) {
        return;
      }
      Row row = new Row(path, known, cells, into);
      if (!named) {
        row.add(first);
      }
      if (second != null) {
        row.add(second);
      }
      while (lines.hasNext()) {
        row.add(lines.next());
      }
    }

    private boolean named(CSVRecord first, @Nullable CSVRecord second, String path)
        throws FormatException {
      TableSchema known = schema;
      if (!header.equals("auto")) {
        return header.equals("yes");
      }
      if (known == null || known.named()) {
        return CsvHeader.names(first, second, CsvHeader.wanted(data, known));
      }
      int[] cells = known.cells(null, first.size(), labels, path).features();
      List<String> numbers = new ArrayList<>();
      for (int i = 0; i < cells.length; i++) {
        if (!texts.contains(known.features().get(i))) {
          numbers.add(first.get(cells[i]).trim());
        }
      }
      return CsvHeader.texts(numbers);
    }

    private Set<Integer> texts(TableSchema known, String path) {
      Settings categories = data.section("categories");
      Set<Integer> found = known.find(data, "categorical", path);
      for (int column : known.features()) {
        if (categories.has(known.names().get(column))) {
          found.add(column);
        }
      }
      return found;
    }

    /** Puts lines of one file into the table. */
    private final class Row {
      private final String path;
      private final TableSchema known;
      private final TableSchema.Cells cells;
      private final Table into;
      private final double[] row;

      Row(String path, TableSchema known, TableSchema.Cells cells, Table into) {
        this.path = path;
        this.known = known;
        this.cells = cells;
        this.into = into;
        this.row = new double[cells.features().length];
      }

      void add(CSVRecord line) throws FormatException {
        if (line.size() != cells.width()) {
          throw wrong(line, line.size() + " cells came but the first line has " + cells.width());
        }
        boolean complete = true;
        for (int i = 0; i < row.length; i++) {
          row[i] = value(line, i);
          complete &= !Double.isNaN(row[i]);
        }
        String text = cells.label() < 0 ? "" : line.get(cells.label()).trim();
        boolean lost = cells.label() >= 0 && missing(text);
        if (missing.equals("drop") && (!complete || (lost && labels))) {
          into.drop();
          return;
        }
        if (lost && labels) {
          throw wrong(line, "its label is missing; set data.missing to drop");
        }
        try {
          into.add(row, lost ? "" : text);
        } catch (ArithmeticException e) {
          throw wrong(line, "there are more numbers than can be held; use fewer rows");
        }
      }

      private double value(CSVRecord line, int feature) throws FormatException {
        String cell = line.get(cells.features()[feature]).trim();
        if (missing(cell)) {
          if (missing.equals("error")) {
            throw wrong(
                line,
                "column '" + name(feature) + "' has no value; set data.missing to mean or drop");
          }
          return Double.NaN;
        }
        if (texts.contains(known.features().get(feature))) {
          return into.code(feature, cell);
        }
        double value = Table.number(cell);
        if (!Double.isFinite(value)) {
          throw wrong(
              line,
              "column '"
                  + name(feature)
                  + "' has '"
                  + cell
                  + "' but a number is needed; put the column into data.categorical or data.drop");
        }
        return value;
      }

      private String name(int feature) {
        return into.columns().get(feature);
      }

      private FormatException wrong(CSVRecord line, String message) {
        return new FormatException(path, -1, "row " + line.getRecordNumber() + ": " + message);
      }
    }
  }

  /**
   * Reads a file or the files of a folder and feeds their bytes to a digest.
   *
   * @param schema columns that are known, or null: the first line and the settings say them
   * @param labels whether each row needs a label
   * @throws FormatException if a column is missing, a line has too many or too few cells, or a cell
   *     is not a number
   */
  Table read(
      Storage storage,
      String place,
      @Nullable TableSchema schema,
      boolean labels,
      MessageDigest digest)
      throws IOException {
    TableFiles files = TableFiles.at(storage, place);
    Run run = new Run(place, schema, labels, files);
    for (String path : files.paths()) {
      run.read(storage, path, digest);
    }
    return run.finish();
  }
}
