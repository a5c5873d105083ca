package io.kiln.spark.shards;

import io.kiln.nn.config.Settings;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which columns of a table are what, and how they become numbers.
 *
 * @param features columns in the model's order; empty for all that are nothing else
 * @param label columns of the label: one, or several numbers; empty for rows without
 * @param weight column of the samples' weights, or empty
 * @param validation rows held back for validation
 * @param test rows held back for the test
 * @param categorical columns of texts, each text of which becomes a column of 0 and 1
 * @param normalize whether numbers are shifted and scaled to mean 0 and deviation 1
 * @param missing {@code error}, {@code mean} or {@code drop} of rows in which a feature is missing
 * @param task {@code auto}, {@code classification} or {@code regression}
 * @param classNames of the classes where they are known; else they are learnt
 * @param fitted what was learnt of another table, as {@link TablePlan#fitted} gave it; or empty
 * @param seed of the split and of the shards
 * @param image the column of images, which is then the only feature; or null
 */
public record TableOptions(
    List<String> features,
    List<String> label,
    String weight,
    Held validation,
    Held test,
    List<String> categorical,
    boolean normalize,
    String missing,
    String task,
    List<String> classNames,
    Map<String, Object> fitted,
    long seed,
    @Nullable TableImage image) {
  /** What of a data section is learnt from rows, unless it is given. */
  private static final List<String> FITTED =
      List.of(
          "categories",
          "fill",
          "mean",
          "deviation",
          "normalize-target",
          "target-mean",
          "target-deviation",
          "widths",
          "sparse");

  /** Copies the collections. */
  public TableOptions {
    features = List.copyOf(features);
    label = List.copyOf(label);
    categorical = List.copyOf(categorical);
    classNames = List.copyOf(classNames);
    fitted = Map.copyOf(fitted);
  }

  /** Options of a table without images. */
  public TableOptions(
      List<String> features,
      List<String> label,
      String weight,
      Held validation,
      Held test,
      List<String> categorical,
      boolean normalize,
      String missing,
      String task,
      List<String> classNames,
      Map<String, Object> fitted,
      long seed) {
    this(
        features,
        label,
        weight,
        validation,
        test,
        categorical,
        normalize,
        missing,
        task,
        classNames,
        fitted,
        seed,
        null);
  }

  /** Reads the keys of a data section that all kinds of tables share. */
  public static TableOptions of(Settings data) {
    Map<String, Object> fitted = new LinkedHashMap<>();
    for (String key : FITTED) {
      Object value = data.raw(key);
      if (value != null) {
        fitted.put(key, value);
      }
    }
    TableImage image = TableImage.of(data);
    boolean ownTest = data.raw("test") instanceof String text && !isNumber(text);
    return new TableOptions(
        data.texts("features", List.of()),
        data.texts("label", List.of()),
        data.text("weight", ""),
        Held.of(data, "validation"),
        ownTest ? Held.NOTHING : Held.of(data, "test"),
        data.texts("categorical", List.of()),
        image == null && data.flag("normalize", true),
        data.choice("missing", "error", "error", "mean", "drop"),
        data.choice("task", "auto", "auto", "classification", "regression"),
        data.texts("class-names", List.of()),
        fitted,
        data.whole("seed", 1),
        image);
  }

  static boolean isNumber(String text) {
    try {
      return !Double.isNaN(Double.parseDouble(text));
    } catch (NumberFormatException e) {
      return false;
    }
  }

  /** The same with that label. */
  TableOptions withLabel(String column) {
    return new TableOptions(
        features,
        List.of(column),
        weight,
        validation,
        test,
        categorical,
        normalize,
        missing,
        task,
        classNames,
        fitted,
        seed,
        image);
  }

  /** The same of a table that is only to be read as it is: nothing is held back. */
  TableOptions whole() {
    return new TableOptions(
        features,
        label,
        weight,
        Held.NOTHING,
        Held.NOTHING,
        categorical,
        normalize,
        missing,
        task,
        classNames,
        fitted,
        seed,
        image);
  }
}
