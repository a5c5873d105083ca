package io.kiln.nn.data;

import io.kiln.nn.io.FormatException;
import io.kiln.nn.io.FormatInput;
import io.kiln.nn.io.Storage;
import java.io.BufferedReader;
import java.io.IOException;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Reads LIBSVM files, plain or packed, or the files of a folder, into dense tables: a line is a
 * label and pairs {@code index:value} with indices from 1, rising; what is not named is 0; {@code
 * #} begins a comment. A blank may follow a colon; the {@code qid:} of SVMrank is passed over.
 * (Chang, Lin: "LIBSVM: a library for support vector machines", 2011.)
 */
final class Libsvm {
  /** More dense numbers than this would be about 4 GiB. */
  private static final long MOST_CELLS = 1L << 29;

  /** A table may have so many dense numbers, and so many more for each pair in the file. */
  private static final long FREE_CELLS = 1L << 22;

  private static final long CELLS_PER_PAIR = 10_000;

  private static final Pattern BLANKS = Pattern.compile("\\s+");
  private static final Pattern AFTER_COLON = Pattern.compile(":\\s+");

  private final String place;
  private final boolean labelsNeeded;
  private final List<String> labels = new ArrayList<>();
  private final List<String> notes;
  private int[] starts = new int[1024];
  private int[] columns = new int[1024];
  private double[] values = new double[1024];
  private int pairs;
  private int widest;
  private boolean queries;
  private String path = "";

  private Libsvm(TableFiles files, String place, boolean labelsNeeded) {
    this.place = place;
    this.labelsNeeded = labelsNeeded;
    this.notes = new ArrayList<>(files.notes());
  }

  /**
   * Reads a file or the files of a folder and feeds their bytes to a digest.
   *
   * @param width number of features, or 0 for the highest index in the file
   * @param more what to do if there are more
   * @param labelsNeeded whether each line needs a label that is a number
   * @throws FormatException naming the line
   */
  static Table read(
      Storage storage,
      String place,
      int width,
      String more,
      boolean labelsNeeded,
      MessageDigest digest)
      throws IOException {
    TableFiles files = TableFiles.at(storage, place);
    Libsvm rows = new Libsvm(files, place, labelsNeeded);
    for (String path : files.paths()) {
      rows.path = path;
      try (FormatInput in = FormatInput.open(storage, path);
          BufferedReader lines = Utf8.lines(path, new DigestInputStream(in.stream(), digest))) {
        long number = 0;
        String line;
        while ((line = lines.readLine()) != null) {
          rows.add(line, ++number);
        }
      }
    }
    return rows.table(width, more);
  }

  private void add(String line, long number) throws FormatException {
    int comment = line.indexOf('#');
    String text = (comment < 0 ? line : line.substring(0, comment)).trim();
    if (text.isEmpty()) {
      return;
    }
    String[] parts = BLANKS.split(AFTER_COLON.matcher(text).replaceAll(":"));
    boolean labelled = parts[0].indexOf(':') < 0;
    if (labelsNeeded) {
      checkLabel(labelled ? parts[0] : "", number);
    }
    if (labels.size() + 1 == starts.length) {
      starts = Arrays.copyOf(starts, starts.length * 2);
    }
    int last = 0;
    for (int i = labelled ? 1 : 0; i < parts.length; i++) {
      if (parts[i].startsWith("qid:")) {
        queries = true;
        continue;
      }
      int colon = parts[i].indexOf(':');
      int index = colon < 0 ? -1 : index(parts[i].substring(0, colon));
      double value = colon < 0 ? Double.NaN : Table.number(parts[i].substring(colon + 1));
      if (index <= last || !Double.isFinite(value)) {
        throw wrong(
            number, "'" + parts[i] + "' came but index:value with rising indices from 1 is needed");
      }
      if (pairs == columns.length) {
        int more = (int) Math.min(Integer.MAX_VALUE - 8, pairs * 2L);
        columns = Arrays.copyOf(columns, more);
        values = Arrays.copyOf(values, more);
      }
      columns[pairs] = index - 1;
      values[pairs++] = value;
      last = index;
    }
    widest = Math.max(widest, last);
    labels.add(labelled ? label(parts[0]) : "");
    starts[labels.size()] = pairs;
  }

  /** Labels are numbers: +1 is 1. */
  private static String label(String text) {
    return Double.isNaN(Table.number(text)) ? text : Table.key(text);
  }

  private void checkLabel(String label, long line) throws FormatException {
    if (label.isEmpty()) {
      throw wrong(line, "its label is missing");
    }
    if (label.indexOf(',') > 0) {
      throw wrong(
          line,
          "several labels, '"
              + label
              + "', came but a row has one; write a file for each label, with 1 and -1");
    }
    if (Double.isNaN(Table.number(label))) {
      throw wrong(line, "label '" + label + "' is not a number");
    }
  }

  private Table table(int width, String more) throws FormatException {
    if (labels.isEmpty()) {
      throw new FormatException(place, 0, "it has no rows; give a file with at least one");
    }
    if (width > 0 && widest > width) {
      throw new FormatException(
          place, -1, "feature " + widest + " came but there are " + width + "; " + more);
    }
    int features = width > 0 ? width : widest;
    if (features == 0) {
      throw new FormatException(place, -1, "no row has a feature; index:value is needed");
    }
    long cells = (long) features * labels.size();
    if (cells > Math.min(MOST_CELLS, FREE_CELLS + CELLS_PER_PAIR * pairs)) {
      throw new FormatException(
          place,
          -1,
          labels.size()
              + " rows of "
              + features
              + " features are too many as dense numbers; use fewer");
    }
    if (queries) {
      notes.add(place + ": its qid: were passed over; rows are learnt from one by one");
    }
    boolean labelled = labels.stream().anyMatch(label -> !label.isEmpty());
    Table table = new Table(place, new Numbered(features), null, labelled, notes);
    double[] row = new double[features];
    for (int i = 0; i < labels.size(); i++) {
      Arrays.fill(row, 0);
      for (int j = starts[i]; j < starts[i + 1]; j++) {
        row[columns[j]] = values[j];
      }
      table.add(row, labels.get(i));
    }
    return table;
  }

  private static int index(String text) {
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException e) {
      return -1;
    }
  }

  private FormatException wrong(long line, String message) {
    return new FormatException(path, -1, "line " + line + ": " + message);
  }

  /** The names "1", "2", … of so many columns, made when asked for. */
  private static final class Numbered extends AbstractList<String> {
    private final int size;

    Numbered(int size) {
      this.size = size;
    }

    @Override
    public String get(int index) {
      return Integer.toString(index + 1);
    }

    @Override
    public int size() {
      return size;
    }
  }
}
