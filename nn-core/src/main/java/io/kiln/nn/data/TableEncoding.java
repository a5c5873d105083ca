package io.kiln.nn.data;

import io.kiln.nn.config.ConfigException;
import io.kiln.nn.config.Settings;
import io.kiln.nn.io.FormatException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * How rows of a table become numbers: texts as one column a text (0 or 1), missing numbers as the
 * mean of their column, numbers normalised; labels as class indices or numbers. Fitted on the
 * training rows only; kept as settings so that other data are encoded in the same way.
 *
 * @param columns names of the columns before encoding
 * @param categories for a column of texts, its texts in the order of their columns
 * @param fill for each column the number that stands for a missing one
 * @param normalization for each column after encoding
 * @param classNames names of the classes; empty for regression
 * @param scale of the numbers to learn in a regression
 */
record TableEncoding(
    List<String> columns,
    Map<String, List<String>> categories,
    List<Double> fill,
    Normalization normalization,
    List<String> classNames,
    TargetScale scale) {
  /** Whole-numbered labels of at most so many values are taken for classes. */
  private static final int FEW_CLASSES = 20;

  /** Fits on some rows of a table, or takes what the settings already hold. */
  static TableEncoding of(Settings data, Table table, int[] rows) throws FormatException {
    List<String> classNames = classNames(data, table);
    Map<String, List<String>> categories = categories(data, table);
    List<Double> fill = data.numbers("fill", List.of());
    if (fill.isEmpty()) {
      fill = TableFit.fill(table, categories, rows);
    }
    boolean normalize = data.flag("normalize", true);
    TargetScale scale = scale(data, table, classNames, rows, normalize);
    List<Double> mean = data.numbers("mean", List.of());
    List<Double> deviation = data.numbers("deviation", List.of());
    TableEncoding plain =
        new TableEncoding(
            table.columns(),
            categories,
            fill,
            Normalization.none(width(table.columns(), categories)),
            classNames,
            scale);
    Normalization normalization =
        !mean.isEmpty() || !deviation.isEmpty()
            ? new Normalization(mean, deviation)
            : normalize ? TableFit.normalization(table, plain, rows) : plain.normalization();
    if (normalization.mean().size() != plain.width() || fill.size() != table.columns().size()) {
      throw new ConfigException(
          data.path("mean")
              + ": "
              + normalization.mean().size()
              + " means and "
              + fill.size()
              + " fillings came but "
              + table.path()
              + " has "
              + plain.width()
              + " features; it is another kind of table");
    }
    return new TableEncoding(table.columns(), categories, fill, normalization, classNames, scale);
  }

  /** What was fitted, as settings of the data section. */
  Map<String, Object> settings() {
    Map<String, Object> fitted = new LinkedHashMap<>();
    fitted.put("task", classNames.isEmpty() ? "regression" : "classification");
    if (!classNames.isEmpty()) {
      fitted.put("class-names", classNames);
    }
    if (!categories.isEmpty()) {
      fitted.put("categories", categories);
    }
    fitted.put("fill", fill);
    fitted.put("mean", normalization.mean());
    fitted.put("deviation", normalization.deviation());
    if (!scale.equals(TargetScale.NONE)) {
      fitted.put("target-mean", scale.mean());
      fitted.put("target-deviation", scale.deviation());
    }
    return fitted;
  }

  /**
   * All rows of a table as samples.
   *
   * @throws FormatException if a text or a label is not known, or a number is too big
   */
  Dataset encode(Table table) throws FormatException {
    return samples(table, false).judged();
  }

  /**
   * Rows for a model that is trained, whose labels need not be there or be known.
   *
   * @param unlabelledLeft whether rows without a label are left out where labels are needed
   */
  Samples samples(Table table, boolean unlabelledLeft) throws FormatException {
    int n = table.rows();
    boolean dropped = table.given() > n;
    List<String> ids =
        !dropped
            ? List.of()
            : IntStream.range(0, n).mapToObj(i -> Integer.toString(table.place(i))).toList();
    List<String> notes = new ArrayList<>(table.notes());
    if (dropped) {
      notes.add(TableFit.left(table));
    }
    int[] places = places(table);
    int[] labelled =
        table.labelled()
            ? IntStream.range(0, n).filter(row -> !table.unlabelled(row)).toArray()
            : new int[0];
    FormatException flaw = flaw(table, places, labelled, unlabelledLeft);
    double[] targets = new double[n];
    for (int row : flaw == null ? labelled : new int[0]) {
      targets[row] =
          classNames.isEmpty() ? scale.target(table.label(row)) : places[table.labelCode(row)];
    }
    Dataset data = TabularDataset.of(this, table, codes(table), targets);
    return new Samples(
        data,
        labelled.length == n ? data : Subset.of(data, flaw == null ? labelled : new int[0]),
        ids,
        notes,
        flaw);
  }

  /** Why rows cannot be judged by their labels; null if they can, or have none. */
  private @Nullable FormatException flaw(
      Table table, int[] places, int[] labelled, boolean unlabelledLeft) {
    if (labelled.length > 0 && labelled.length < table.rows() && !unlabelledLeft) {
      int row = 0;
      while (!table.unlabelled(row)) {
        row++;
      }
      return new FormatException(
          table.path(),
          -1,
          "the label of row "
              + table.place(row)
              + " (from 1, without the header) is missing; set data.missing to drop");
    }
    for (int row : labelled) {
      boolean known =
          classNames.isEmpty()
              ? Float.isFinite((float) table.label(row))
              : table.labelCode(row) < places.length && places[table.labelCode(row)] >= 0;
      if (!known) {
        return unknown(table, row);
      }
    }
    return null;
  }

  private FormatException unknown(Table table, int row) {
    int code = table.labelCode(row);
    List<String> names = table.labelNames();
    return new FormatException(
        table.path(),
        -1,
        classNames.isEmpty()
            ? "label "
                + table.place(row)
                + " is not a number; set data.task to classification or choose data.label"
            : "label '"
                + (code < names.size() ? names.get(code) : "")
                + "' came but classes are "
                + String.join(", ", classNames));
  }

  int width() {
    return width(columns, categories);
  }

  private static int width(List<String> columns, Map<String, List<String>> categories) {
    int width = 0;
    for (String column : columns) {
      List<String> texts = categories.get(column);
      width += texts == null ? 1 : texts.size();
    }
    return width;
  }

  /** For each column of texts, the place of each of the table's own codes. */
  private int[][] codes(Table table) throws FormatException {
    int[][] codes = new int[columns.size()][];
    for (int column = 0; column < columns.size(); column++) {
      List<String> own = table.texts(column);
      codes[column] = new int[own.size()];
      List<String> known = categories.getOrDefault(columns.get(column), List.of());
      for (int i = 0; i < own.size(); i++) {
        codes[column][i] = known.indexOf(own.get(i));
        if (codes[column][i] < 0) {
          throw new FormatException(
              table.path(),
              -1,
              "column '"
                  + columns.get(column)
                  + "' has '"
                  + own.get(i)
                  + "' but in training it had "
                  + String.join(", ", known));
        }
      }
    }
    return codes;
  }

  /** For each of the table's own labels its class, or −1. */
  private int[] places(Table table) {
    Map<String, Integer> known = new HashMap<>();
    for (int i = 0; i < classNames.size(); i++) {
      known.putIfAbsent(Table.key(classNames.get(i)), i);
    }
    return table.labelNames().stream()
        .mapToInt(
            name -> {
              int exact = classNames.indexOf(name);
              return exact >= 0 ? exact : known.getOrDefault(Table.key(name), -1);
            })
        .toArray();
  }

  /** The scale that is given, or that of some rows; of classes, or without rows, none. */
  private static TargetScale scale(
      Settings data, Table table, List<String> classNames, int[] rows, boolean normalizes) {
    boolean normalize = data.flag("normalize-target", normalizes);
    double mean = data.number("target-mean", 0);
    double deviation = data.within(Double.MIN_VALUE, Double.MAX_VALUE, "target-deviation", 1);
    boolean given = data.has("target-mean") || data.has("target-deviation");
    if (given || !normalize || !classNames.isEmpty() || rows.length == 0) {
      return classNames.isEmpty() ? new TargetScale(mean, deviation) : TargetScale.NONE;
    }
    double sum = 0;
    for (int row : rows) {
      sum += table.label(row);
    }
    double center = sum / rows.length;
    double squares = 0;
    for (int row : rows) {
      double distance = table.label(row) - center;
      squares += distance * distance;
    }
    double spread = Math.sqrt(squares / rows.length);
    // a label that is no number is found, and named, when the rows are encoded
    return Double.isFinite(spread) && Double.isFinite(center)
        ? new TargetScale(center, spread > 0 ? spread : 1)
        : TargetScale.NONE;
  }

  private static List<String> classNames(Settings data, Table table) throws FormatException {
    List<String> given = data.texts("class-names", List.of());
    String task = data.choice("task", "auto", "auto", "classification", "regression");
    if (!given.isEmpty() || task.equals("regression")) {
      return task.equals("regression") ? List.of() : given;
    }
    if (!table.labelled()) {
      throw new ConfigException(
          data.path("label") + ": none came but a column of labels is needed to train");
    }
    boolean numbers = true;
    boolean whole = true;
    for (int row = 0; row < table.rows(); row++) {
      double label = table.label(row);
      numbers &= !Double.isNaN(label);
      whole &= label == Math.rint(label);
    }
    List<String> names = table.labelNames();
    boolean few = names.size() <= FEW_CLASSES;
    if (task.equals("auto") && numbers && !(whole && few)) {
      return List.of();
    }
    if (!table.fewLabels()) {
      throw new FormatException(
          table.path(), -1, "there are too many different labels for classes; choose data.label");
    }
    names.sort(numbers ? Comparator.comparingDouble(Table::number) : Comparator.naturalOrder());
    return List.copyOf(counted(names) ? names.stream().map(Table::key).toList() : names);
  }

  /** Whether the classes are the numbers from 0, in whatever way they are written. */
  private static boolean counted(List<String> names) {
    for (int i = 0; i < names.size(); i++) {
      if (!Table.key(names.get(i)).equals(Integer.toString(i))) {
        return false;
      }
    }
    return true;
  }

  private static Map<String, List<String>> categories(Settings data, Table table) {
    Settings given = data.section("categories");
    Map<String, List<String>> categories = new LinkedHashMap<>();
    for (int column = 0; column < table.columns().size(); column++) {
      List<String> texts = table.texts(column);
      String name = table.columns().get(column);
      if (given.has(name)) {
        categories.put(name, given.texts(name, List.of()));
      } else if (!texts.isEmpty()) {
        Collections.sort(texts);
        categories.put(name, List.copyOf(texts));
      }
    }
    given.finish();
    return categories;
  }
}
