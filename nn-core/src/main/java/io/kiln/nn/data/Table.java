package io.kiln.nn.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A table as read from a file: features row by row, NaN where one is missing, and labels as
 * written. Columns of texts hold the number of the text in order of appearance.
 */
final class Table {
  /** Labels are kept as texts while there are no more than this. */
  private static final int MOST_CLASSES = 10_000;

  private final String path;
  private final List<String> columns;
  private final boolean labelled;
  private final Map<Integer, Map<String, Integer>> categories = new LinkedHashMap<>();
  private final Map<String, Integer> labelTexts = new LinkedHashMap<>();
  private float[] features = new float[1024];
  private double[] labels = new double[64];
  private int[] labelCodes = new int[64];
  private int rows;

  /**
   * An empty table.
   *
   * @param columns names of the features
   * @param labelled whether rows have labels; otherwise all are empty
   */
  Table(String path, List<String> columns, boolean labelled) {
    this.labelled = labelled;
    this.path = path;
    this.columns = columns;
  }

  String path() {
    return path;
  }

  List<String> columns() {
    return columns;
  }

  boolean labelled() {
    return labelled;
  }

  int rows() {
    return rows;
  }

  float feature(int row, int column) {
    return features[row * columns.size() + column];
  }

  /** The label as a number, NaN if it is a text or missing. */
  double label(int row) {
    return labels[row];
  }

  /** Whether the labels are few enough to be classes. */
  boolean fewLabels() {
    return labelTexts.size() <= MOST_CLASSES;
  }

  /** All different labels in order of appearance; whole numbers without a fraction. */
  List<String> labelNames() {
    return new ArrayList<>(labelTexts.keySet());
  }

  /** Which of {@link #labelNames} the label of a row is. */
  int labelCode(int row) {
    return labelCodes[row];
  }

  /** The texts of a column of texts in order of appearance. */
  List<String> texts(int column) {
    return new ArrayList<>(categories.getOrDefault(column, Map.of()).keySet());
  }

  /** The number of a text of a column of texts. */
  int code(int column, String text) {
    Map<String, Integer> codes = categories.computeIfAbsent(column, c -> new LinkedHashMap<>());
    return codes.computeIfAbsent(text, t -> codes.size());
  }

  /** Adds a row; the array is copied. */
  void add(float[] row, String label) {
    int width = columns.size();
    int needed = Math.multiplyExact(rows + 1, width);
    if (needed > features.length) {
      features = Arrays.copyOf(features, grown(needed, features.length));
    }
    if (rows == labels.length) {
      labels = Arrays.copyOf(labels, grown(rows + 1, rows));
      labelCodes = Arrays.copyOf(labelCodes, labels.length);
    }
    System.arraycopy(row, 0, features, rows * width, width);
    double number = number(label);
    boolean whole = number == Math.rint(number) && Math.abs(number) < 1e15;
    String text = whole ? Long.toString((long) number) : label;
    Integer code = labelTexts.get(text);
    if (code == null) {
      code = labelTexts.size();
      if (code <= MOST_CLASSES) {
        labelTexts.put(text, code);
      }
    }
    labels[rows] = number;
    labelCodes[rows] = code;
    rows++;
  }

  private static int grown(int needed, int length) {
    return (int) Math.max(needed, Math.min(Integer.MAX_VALUE - 8, length * 2L));
  }

  /** A decimal number, or NaN if the text is none. */
  static double number(String text) {
    if (text.isEmpty()) {
      return Double.NaN;
    }
    char first = text.charAt(0);
    char last = text.charAt(text.length() - 1);
    boolean plain =
        (first <= '9' && (first >= '0' || first == '-' || first == '+' || first == '.'))
            && ((last <= '9' && last >= '0') || last == '.');
    if (!plain) {
      return Double.NaN;
    }
    try {
      return Double.parseDouble(text);
    } catch (NumberFormatException e) {
      return Double.NaN;
    }
  }
}
