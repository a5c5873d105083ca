package io.kiln.nn.data;

import io.kiln.nn.config.ConfigException;
import io.kiln.nn.config.Settings;
import io.kiln.nn.io.FormatException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

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
      fill = fill(table, categories, rows);
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
            : normalize ? plain.fitNormalization(table, rows) : plain.normalization();
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

  /** All rows of a table as samples. */
  TabularDataset encode(Table table) throws FormatException {
    if (table.columns().size() != columns.size()) {
      throw new FormatException(
          table.path(),
          -1,
          table.columns().size()
              + " columns of features came but "
              + columns.size()
              + " are needed; it is another kind of table");
    }
    int width = width();
    int[][] codes = codes(table);
    float[] features = new float[Math.multiplyExact(table.rows(), width)];
    for (int row = 0; row < table.rows(); row++) {
      int at = row * width;
      for (int column = 0; column < columns.size(); column++) {
        float value = table.feature(row, column);
        List<String> texts = categories.get(columns.get(column));
        if (texts != null) {
          if (!Float.isNaN(value)) {
            features[at + codes[column][(int) value]] = 1;
          }
          at += texts.size();
        } else {
          features[at++] = Float.isNaN(value) ? fill.get(column).floatValue() : value;
        }
      }
      at = row * width;
      for (int i = 0; i < width; i++) {
        features[at + i] =
            (float)
                ((features[at + i] - normalization.mean().get(i))
                    / normalization.deviation().get(i));
      }
    }
    return classNames.isEmpty()
        ? TabularDataset.regression(width, features, numbers(table, scale), scale)
        : TabularDataset.classification(
            width, features, classes(table), classNames.size(), classNames);
  }

  private int width() {
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

  private float[] classes(Table table) throws FormatException {
    if (!table.labelled()) {
      return new float[table.rows()];
    }
    List<String> own = table.labelNames();
    int[] places = new int[own.size()];
    for (int i = 0; i < places.length; i++) {
      places[i] = classNames.indexOf(own.get(i));
      if (places[i] < 0) {
        throw new FormatException(
            table.path(),
            -1,
            "label '" + own.get(i) + "' came but classes are " + String.join(", ", classNames));
      }
    }
    float[] targets = new float[table.rows()];
    for (int row = 0; row < targets.length; row++) {
      targets[row] = places[table.labelCode(row)];
    }
    return targets;
  }

  private static float[] numbers(Table table, TargetScale scale) throws FormatException {
    float[] targets = new float[table.rows()];
    for (int row = 0; table.labelled() && row < targets.length; row++) {
      targets[row] = (float) scale.target(table.label(row));
      if (!Float.isFinite(targets[row])) {
        throw new FormatException(
            table.path(),
            -1,
            "label "
                + (row + 1)
                + " is not a number; set data.task to classification or choose data.label");
      }
    }
    return targets;
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
    return List.copyOf(names);
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

  private static List<Double> fill(Table table, Map<String, List<String>> categories, int[] rows) {
    List<Double> fill = new ArrayList<>();
    for (int column = 0; column < table.columns().size(); column++) {
      double sum = 0;
      int count = 0;
      if (!categories.containsKey(table.columns().get(column))) {
        for (int row : rows) {
          float value = table.feature(row, column);
          if (!Float.isNaN(value)) {
            sum += value;
            count++;
          }
        }
      }
      fill.add(count == 0 ? 0.0 : sum / count);
    }
    return List.copyOf(fill);
  }

  /** Mean and deviation of each column of numbers; columns of texts stay 0 and 1. */
  private Normalization fitNormalization(Table table, int[] rows) {
    List<Double> means = new ArrayList<>();
    List<Double> deviations = new ArrayList<>();
    for (int column = 0; column < columns.size(); column++) {
      List<String> texts = categories.get(columns.get(column));
      if (texts != null) {
        means.addAll(Collections.nCopies(texts.size(), 0.0));
        deviations.addAll(Collections.nCopies(texts.size(), 1.0));
        continue;
      }
      double filling = fill.get(column);
      double sum = 0;
      for (int row : rows) {
        float value = table.feature(row, column);
        sum += Float.isNaN(value) ? filling : value;
      }
      double mean = sum / Math.max(1, rows.length);
      double squares = 0;
      for (int row : rows) {
        float value = table.feature(row, column);
        double distance = (Float.isNaN(value) ? filling : value) - mean;
        squares += distance * distance;
      }
      double deviation = Math.sqrt(squares / Math.max(1, rows.length));
      means.add(mean);
      deviations.add(deviation > 0 ? deviation : 1.0);
    }
    return new Normalization(means, deviations);
  }
}
