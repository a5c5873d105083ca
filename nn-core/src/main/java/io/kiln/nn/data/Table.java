package io.kiln.nn.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A table as read from files: features row by row as doubles, NaN where one is missing, and labels
 * as written. Columns of texts hold the number of the text in order of appearance.
 */
final class Table {
  /** Labels are kept as texts while there are no more than this. */
  private static final int MOST_CLASSES = 10_000;

  private final String path;
  private final List<String> columns;
  private final @Nullable TableSchema schema;
  private final boolean labelled;
  private final List<String> notes;
  private final Map<Integer, Map<String, Integer>> categories = new LinkedHashMap<>();
  private final Map<String, Integer> labelKeys = new HashMap<>();
  private final List<String> labelNames = new ArrayList<>();
  private double[] features = new double[1024];
  private double[] labels = new double[64];
  private int[] labelCodes = new int[64];
  private int[] places = new int[64];
  private int rows;

  /** For each row its place among the features; null if all are here. */
  private int @Nullable [] slots;

  private int given;

  /**
   * An empty table.
   *
   * @param columns names of the features
   * @param schema roles of its columns, or null if they are numbered
   * @param labelled whether rows have labels; otherwise all are empty
   * @param notes what the user should know of how it was read
   */
  Table(
      String path,
      List<String> columns,
      @Nullable TableSchema schema,
      boolean labelled,
      List<String> notes) {
    this.labelled = labelled;
    this.path = path;
    this.columns = columns;
    this.schema = schema;
    this.notes = notes;
  }

  String path() {
    return path;
  }

  @Nullable TableSchema schema() {
    return schema;
  }

  /** Names of the features. */
  List<String> columns() {
    return columns;
  }

  boolean labelled() {
    return labelled;
  }

  List<String> notes() {
    return notes;
  }

  int rows() {
    return rows;
  }

  /** Number of rows that were given, those that were left out included. */
  int given() {
    return given;
  }

  /** The place of a row among all that were given, from 1. */
  int place(int row) {
    return places[row];
  }

  double feature(int row, int column) {
    int slot = slots == null ? row : Shareable.slot(slots, row);
    return features[slot * columns.size() + column];
  }

  /** Bytes of the features. */
  long bytes() {
    return (long) rows * columns.size() * Double.BYTES;
  }

  /** The same rows, of which some have features; labels are not kept. */
  Table share(BitSet kept) {
    Table table = new Table(path, columns, schema, labelled, notes);
    int width = columns.size();
    table.features = new double[kept.cardinality() * width];
    int[] own = Shareable.slots(kept, rows);
    for (int i = kept.nextSetBit(0); i >= 0; i = kept.nextSetBit(i + 1)) {
      System.arraycopy(features, i * width, table.features, own[i] * width, width);
    }
    table.slots = own;
    table.rows = rows;
    table.given = given;
    table.places = places;
    return table;
  }

  /** The label as a number, NaN if it is a text or missing. */
  double label(int row) {
    return labels[row];
  }

  /** Whether the labels are few enough to be classes. */
  boolean fewLabels() {
    return labelNames.size() <= MOST_CLASSES;
  }

  /**
   * All different labels in order of appearance, as written; whole numbers that are written in
   * several ways (3, 3.0, +3) are one label, without sign or fraction.
   */
  List<String> labelNames() {
    return new ArrayList<>(labelNames);
  }

  /** Which of {@link #labelNames} the label of a row is; beyond them if there are too many. */
  int labelCode(int row) {
    return labelCodes[row];
  }

  /** Whether the label of a row is missing. */
  boolean unlabelled(int row) {
    return labelCodes[row] < labelNames.size() && labelNames.get(labelCodes[row]).isEmpty();
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

  /** Makes a label known that may not occur. */
  void declare(String label) {
    labelCode(label);
  }

  /** Leaves out a row that was given. */
  void drop() {
    given++;
  }

  /** Adds a row; the array is copied. An empty label is a missing one. */
  void add(double[] row, String label) {
    int width = columns.size();
    int needed = Math.multiplyExact(rows + 1, width);
    if (needed > features.length) {
      features = Arrays.copyOf(features, grown(needed, features.length));
    }
    if (rows == labels.length) {
      labels = Arrays.copyOf(labels, grown(rows + 1, rows));
      labelCodes = Arrays.copyOf(labelCodes, labels.length);
      places = Arrays.copyOf(places, labels.length);
    }
    System.arraycopy(row, 0, features, rows * width, width);
    labels[rows] = number(label);
    labelCodes[rows] = labelCode(label);
    places[rows] = ++given;
    rows++;
  }

  private int labelCode(String label) {
    String key = key(label);
    Integer code = labelKeys.get(key);
    if (code == null) {
      int next = labelNames.size();
      if (next <= MOST_CLASSES) {
        labelKeys.put(key, next);
        labelNames.add(label);
      }
      return next;
    }
    if (!labelNames.get(code).equals(label)) {
      labelNames.set(code, key);
    }
    return code;
  }

  private static int grown(int needed, int length) {
    return (int) Math.max(needed, Math.min(Integer.MAX_VALUE - 8, length * 2L));
  }

  /** What labels that mean the same have in common: a whole number's plain form, else the text. */
  static String key(String label) {
    double number = number(label);
    boolean whole = number == Math.rint(number) && Math.abs(number) < 1e15;
    return whole ? Long.toString((long) number) : label;
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
