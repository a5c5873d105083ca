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

/**
 * Reads LIBSVM files, plain or gzip, into dense tables: a line is a label and pairs {@code
 * index:value} with indices from 1, rising; what is not named is 0; {@code #} begins a comment.
 * (Chang, Lin: "LIBSVM: a library for support vector machines", 2011.)
 */
final class Libsvm {
  /** More dense numbers than this would be about 2 GiB. */
  private static final long MOST_CELLS = 1L << 29;

  /** A table may have so many dense numbers, and so many more for each pair in the file. */
  private static final long FREE_CELLS = 1L << 22;

  private static final long CELLS_PER_PAIR = 10_000;

  private final String path;
  private final List<String> labels = new ArrayList<>();
  private int[] starts = new int[1024];
  private int[] columns = new int[1024];
  private float[] values = new float[1024];
  private int pairs;
  private int widest;

  private Libsvm(String path) {
    this.path = path;
  }

  /**
   * Reads a file and feeds its bytes to a digest.
   *
   * @param width number of features, or 0 for the highest index in the file
   * @throws FormatException naming the line
   */
  static Table read(Storage storage, String path, int width, MessageDigest digest)
      throws IOException {
    Libsvm file = new Libsvm(path);
    try (FormatInput in = FormatInput.open(storage, path);
        BufferedReader lines = Utf8.lines(path, new DigestInputStream(in.stream(), digest))) {
      long number = 0;
      String line;
      while ((line = lines.readLine()) != null) {
        file.add(line, ++number);
      }
    }
    return file.table(width);
  }

  private void add(String line, long number) throws FormatException {
    int comment = line.indexOf('#');
    String[] parts = (comment < 0 ? line : line.substring(0, comment)).trim().split("\\s+");
    if (parts[0].isEmpty()) {
      return;
    }
    if (Double.isNaN(Table.number(parts[0]))) {
      throw wrong(number, "label '" + parts[0] + "' is not a number");
    }
    if (labels.size() + 1 == starts.length) {
      starts = Arrays.copyOf(starts, starts.length * 2);
    }
    int last = 0;
    for (int i = 1; i < parts.length; i++) {
      int colon = parts[i].indexOf(':');
      int index = colon < 0 ? -1 : index(parts[i].substring(0, colon));
      float value = colon < 0 ? Float.NaN : (float) Table.number(parts[i].substring(colon + 1));
      if (index <= last || !Float.isFinite(value)) {
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
    labels.add(parts[0]);
    starts[labels.size()] = pairs;
  }

  private Table table(int width) throws FormatException {
    if (labels.isEmpty()) {
      throw new FormatException(path, 0, "it has no rows; give a file with at least one");
    }
    if (width > 0 && widest > width) {
      throw new FormatException(
          path, -1, "feature " + widest + " came but there are " + width + "; set data.features");
    }
    int features = width > 0 ? width : widest;
    long cells = (long) features * labels.size();
    if (cells > Math.min(MOST_CELLS, FREE_CELLS + CELLS_PER_PAIR * pairs)) {
      throw new FormatException(
          path,
          -1,
          labels.size()
              + " rows of "
              + features
              + " features are too many as dense numbers; use fewer");
    }
    Table table = new Table(path, new Numbered(features), true);
    float[] row = new float[features];
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
