package io.kiln.spark.shards;

import io.kiln.nn.config.ConfigException;
import io.kiln.nn.config.Settings;
import io.kiln.nn.data.ExactMoments;
import io.kiln.nn.data.TargetScale;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.spark.unsafe.types.UTF8String;

/**
 * How rows become samples: texts as one column a text (0 or 1), missing numbers as the mean of
 * their column, numbers normalised; labels as class indices or numbers. Fitted on the rows that are
 * learnt from (class names and categories on all).
 *
 * @param columns of features
 * @param widths numbers of each of them before encoding
 * @param categories of each of them; none for numbers
 * @param sparse whether only numbers that are not 0 are kept
 * @param fill for each number before encoding what stands for a missing one; none if sparse
 * @param mean for each number after encoding; none if sparse
 * @param deviation for each number after encoding; none if sparse
 * @param classNames of the classes; none for regression
 * @param targets numbers of the target
 * @param numbers how the numbers of a regression become targets
 */
record TableEncoding(
    List<Column> columns,
    int[] widths,
    List<List<String>> categories,
    boolean sparse,
    double[] fill,
    double[] mean,
    double[] deviation,
    List<String> classNames,
    int targets,
    TargetMoments numbers)
    implements Serializable {
  /** Whole-numbered labels of at most so many values are taken for classes. */
  private static final int FEW_CLASSES = 20;

  /**
   * Wide vectors of which a greater share than this is not 0 are dense: products of sparse rows are
   * as fast as those of dense ones at about 1/50, and take the memory of dense ones at 1/2.
   */
  private static final double SPARSE_SHARE = 1.0 / 16;

  /** UTF-8 keeps the order of code points; UTF-16 does not. */
  private static final Comparator<UTF8String> BY_CODE_POINT =
      (a, b) -> Arrays.compareUnsigned(a.getBytes(), b.getBytes());

  static TableEncoding of(
      String table,
      TableOptions options,
      TableColumns columns,
      TableStatistics seen,
      List<String> notes) {
    Settings fitted = Settings.of("data", options.fitted());
    List<List<String>> categories = new ArrayList<>();
    Settings given = fitted.section("categories");
    for (int i = 0; i < columns.features().size(); i++) {
      Column column = columns.features().get(i);
      List<String> known = given.texts(column.name(), List.of());
      categories.add(
          new ArrayList<>(
              !known.isEmpty() || !column.kind().isText()
                  ? known
                  : categories(column, seen.categories.get(i))));
    }
    boolean sparse =
        seen.wide && seen.nonZero <= SPARSE_SHARE * seen.rows * (double) seen.widths[0];
    List<String> classNames = classNames(table, options, columns, seen);
    int targets = Math.max(1, seen.labelTexts.isEmpty() ? seen.labels : 1);
    TableEncoding plain =
        new TableEncoding(
            new ArrayList<>(columns.features()),
            seen.widths,
            categories,
            sparse,
            new double[0],
            new double[0],
            new double[0],
            new ArrayList<>(classNames),
            targets,
            classNames.isEmpty()
                ? TargetMoments.of(fitted, options.normalize(), seen.labelMoments, targets)
                : TargetMoments.NONE);
    if (seen.wide) {
      if (options.normalize()) {
        notes.add(
            "vectors of "
                + seen.widths[0]
                + " numbers are not normalised"
                + (sparse ? ", so that they stay sparse" : ""));
      }
      return plain;
    }
    return plain.withMoments(options.normalize(), fitted, seen.moments);
  }

  private static List<String> categories(Column column, Set<UTF8String> texts) {
    TreeSet<UTF8String> sorted =
        new TreeSet<>(
            column.kind() == Column.Kind.CODE
                ? Comparator.comparingDouble(text -> Double.parseDouble(text.toString()))
                : BY_CODE_POINT);
    sorted.addAll(texts);
    return sorted.stream().map(UTF8String::toString).toList();
  }

  private TableEncoding withMoments(
      boolean normalize, Settings fitted, List<ExactMoments> moments) {
    double[] fills = new double[moments.size()];
    List<Double> means = new ArrayList<>();
    List<Double> deviations = new ArrayList<>();
    int at = 0;
    for (int i = 0; i < columns.size(); i++) {
      if (columns.get(i).kind().isText()) {
        means.addAll(Collections.nCopies(categories.get(i).size(), 0.0));
        deviations.addAll(Collections.nCopies(categories.get(i).size(), 1.0));
        at++;
        continue;
      }
      for (int j = 0; j < widths[i]; j++) {
        ExactMoments each = moments.get(at);
        fills[at++] = each.mean();
        double deviation = normalize ? each.deviation() : 1;
        means.add(normalize ? each.mean() : 0);
        deviations.add(deviation > 0 ? deviation : 1);
      }
    }
    double[] fill = numbers(fitted, "fill", boxed(fills));
    double[] mean = numbers(fitted, "mean", means);
    double[] deviation = numbers(fitted, "deviation", deviations);
    return new TableEncoding(
        columns, widths, categories, sparse, fill, mean, deviation, classNames, targets, numbers);
  }

  private static List<Double> boxed(double[] numbers) {
    return Arrays.stream(numbers).boxed().toList();
  }

  private static double[] numbers(Settings fitted, String key, List<Double> learnt) {
    List<Double> given = fitted.numbers(key, learnt);
    if (given.size() != learnt.size()) {
      throw new ConfigException(
          fitted.path(key)
              + ": "
              + given.size()
              + " numbers came but the table has "
              + learnt.size()
              + " features; it is another kind of table");
    }
    return given.stream().mapToDouble(Double::doubleValue).toArray();
  }

  private static List<String> classNames(
      String table, TableOptions options, TableColumns columns, TableStatistics seen) {
    boolean texts = !seen.labelTexts.isEmpty();
    List<String> names = new ArrayList<>();
    if (texts) {
      TreeSet<UTF8String> sorted = new TreeSet<>(BY_CODE_POINT);
      sorted.addAll(seen.labelTexts.keySet());
      sorted.forEach(text -> names.add(text.toString()));
    } else {
      seen.labelNumbers.keySet().stream()
          .sorted()
          .forEach(number -> names.add(Canonical.text(number)));
    }
    String label = String.join(", ", options.label());
    boolean textual = columns.label().stream().anyMatch(c -> c.kind() == Column.Kind.TEXT);
    if (textual && options.task().equals("regression")) {
      throw new ConfigException(
          "data.label: column '" + label + "' has texts but regression needs numbers");
    }
    boolean few = seen.labels == 1 && seen.wholeLabels && names.size() <= FEW_CLASSES;
    boolean classes =
        options.task().equals("classification")
            || !options.classNames().isEmpty()
            || (options.task().equals("auto") && (textual || (few && !seen.manyLabels)));
    if (columns.label().isEmpty() || !classes || options.task().equals("regression")) {
      return List.of();
    }
    if (seen.labels > 1) {
      throw new ConfigException(
          "data.label: " + seen.labels + " labels a row came but a class is one number or text");
    }
    if (!options.classNames().isEmpty()) {
      refuseUnknown(label, names, options.classNames());
      return options.classNames();
    }
    if (seen.manyLabels) {
      throw new ConfigException(
          "data.label: column '"
              + label
              + "' has more than "
              + TableStatistics.MOST_NAMES
              + " different labels, too many for classes; choose another, or set data.task to"
              + " regression");
    }
    long learnt =
        (texts ? seen.labelTexts : seen.labelNumbers)
            .values().stream().filter(rows -> rows[Part.TRAIN.place()] > 0).count();
    if (learnt < 2) {
      throw new ConfigException(
          "data.label: of column '"
              + label
              + "' in "
              + table
              + " all rows to learn from are of one class, "
              + (names.size() == 1 ? "'" + names.get(0) + "'" : "of " + names)
              + "; two at least are needed");
    }
    return names;
  }

  private static void refuseUnknown(String label, List<String> names, List<String> known) {
    for (String name : names) {
      if (!known.contains(name)) {
        throw new ConfigException(
            "data.label: column '"
                + label
                + "' has '"
                + name
                + "' but the classes are "
                + String.join(", ", known));
      }
    }
  }

  /** Numbers of an encoded row's features. */
  int width() {
    int width = 0;
    for (int i = 0; i < widths.length; i++) {
      width += columns.get(i).kind().isText() ? categories.get(i).size() : widths[i];
    }
    return width;
  }

  /** What was fitted, as settings of the data section. */
  Map<String, Object> settings() {
    Map<String, Object> fitted = new LinkedHashMap<>();
    fitted.put("task", classNames.isEmpty() ? "regression" : "classification");
    if (!classNames.isEmpty()) {
      fitted.put("class-names", List.copyOf(classNames));
    }
    Map<String, Object> texts = new LinkedHashMap<>();
    for (int i = 0; i < columns.size(); i++) {
      if (columns.get(i).kind().isText()) {
        texts.put(columns.get(i).name(), List.copyOf(categories.get(i)));
      }
    }
    if (!texts.isEmpty()) {
      fitted.put("categories", texts);
    }
    fitted.put("fill", boxed(fill));
    fitted.put("mean", boxed(mean));
    fitted.put("deviation", boxed(deviation));
    if (!numbers.scale().equals(TargetScale.NONE)) {
      fitted.put("target-mean", numbers.centersSetting());
      fitted.put("target-deviation", numbers.deviation());
    }
    return fitted;
  }
}
