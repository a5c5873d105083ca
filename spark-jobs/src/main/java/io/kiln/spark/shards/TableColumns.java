package io.kiln.spark.shards;

import io.kiln.nn.config.ConfigException;
import io.kiln.nn.config.Settings;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.BinaryType;
import org.apache.spark.sql.types.BooleanType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.NumericType;
import org.apache.spark.sql.types.StringType;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;

/**
 * The columns of a table that are read, and as what.
 *
 * @param features in the model's order
 * @param label of the label; empty if rows have none
 * @param weight of the weight, at most one
 * @param validation says whether a row is held back for validation; at most one
 * @param test says whether a row is held back for the test; at most one
 * @param image how the only feature is decoded, if it is an image; else null
 */
record TableColumns(
    List<Column> features,
    List<Column> label,
    List<Column> weight,
    List<Column> validation,
    List<Column> test,
    @Nullable TableImage image)
    implements Serializable {
  TableColumns {
    features = new ArrayList<>(features);
    label = new ArrayList<>(label);
    weight = new ArrayList<>(weight);
    validation = new ArrayList<>(validation);
    test = new ArrayList<>(test);
  }

  /**
   * Finds the columns in a table's schema.
   *
   * @throws ConfigException naming a column that is not there, or cannot be what it should be
   */
  static TableColumns of(StructType schema, TableOptions options) {
    Finder finder = new Finder(schema);
    for (String name : options.categorical()) {
      finder.find(name, "categorical");
      finder.texts.add(name);
    }
    TableImage image = options.image();
    List<String> names = image == null ? options.features() : List.of(image.column());
    if (names.isEmpty()) {
      names = new ArrayList<>(Arrays.asList(schema.fieldNames()));
      names.removeAll(options.label());
      names.removeAll(
          List.of(options.weight(), options.validation().column(), options.test().column()));
    }
    if (names.isEmpty()) {
      throw new ConfigException("data.features: no column of features is left beside the label");
    }
    List<Column> features = finder.all(names, image == null ? "features" : "image", false);
    List<Column> label = finder.all(options.label(), "label", true);
    if (label.size() > 1 && label.stream().anyMatch(c -> c.kind() != Column.Kind.NUMBER)) {
      throw new ConfigException(
          "data.label: " + options.label() + " came but of several labels each must be one number");
    }
    List<Column> weight = finder.one(options.weight(), "weight");
    List<Column> validation = finder.one(options.validation().column(), "validation");
    List<Column> test = finder.one(options.test().column(), "test");
    return new TableColumns(features, label, weight, validation, test, image);
  }

  /** All columns that are read, by their places. */
  List<Column> all() {
    List<Column> all = new ArrayList<>();
    for (List<Column> some : List.of(features, label, weight, validation, test)) {
      all.addAll(some);
    }
    all.sort((a, b) -> Integer.compare(a.at(), b.at()));
    return all;
  }

  /** The rows with just these columns, at their places and in their types, and more behind them. */
  Dataset<Row> project(Dataset<Row> table, org.apache.spark.sql.Column... more) {
    return table.select(
        Stream.concat(all().stream().map(TableColumns::read), Arrays.stream(more))
            .toArray(org.apache.spark.sql.Column[]::new));
  }

  private static org.apache.spark.sql.Column read(Column column) {
    var cell = functions.col("`" + column.name().replace("`", "``") + "`");
    var typed =
        switch (column.kind()) {
          case NUMBER, CODE -> cell.cast(DataTypes.DoubleType);
          case NUMBERS -> cell.cast(DataTypes.createArrayType(DataTypes.DoubleType));
          case TEXT -> cell.cast(DataTypes.StringType);
          case VECTOR, IMAGE -> cell;
        };
    return typed.as("c" + column.at());
  }

  /** Whether all features are in one vector or array. */
  boolean singleVector() {
    return features.size() == 1
        && (features.get(0).kind() == Column.Kind.VECTOR
            || features.get(0).kind() == Column.Kind.NUMBERS);
  }

  /** Gives columns their places in the order they are asked for. */
  private static final class Finder {
    private final StructType schema;
    private final Set<String> texts = new HashSet<>();
    private int next;

    Finder(StructType schema) {
      this.schema = schema;
    }

    List<Column> one(String name, String key) {
      return name.isEmpty() ? List.of() : all(List.of(name), key, false);
    }

    List<Column> all(List<String> names, String key, boolean label) {
      List<Column> columns = new ArrayList<>();
      for (String name : names) {
        columns.add(new Column(name, kind(name, find(name, key), key, label), next++));
      }
      return columns;
    }

    DataType find(String name, String key) {
      for (var field : schema.fields()) {
        if (field.name().equals(name)) {
          return field.dataType();
        }
      }
      List<String> names = Arrays.asList(schema.fieldNames());
      throw new ConfigException(
          "data."
              + key
              + ": the table has no column '"
              + name
              + "'"
              + (names.isEmpty() ? "" : "; did you mean '" + Settings.nearest(name, names) + "'?"));
    }

    private Column.Kind kind(String name, DataType type, String key, boolean label) {
      boolean text = type instanceof StringType || type instanceof BooleanType;
      if (key.equals("image") && type instanceof BinaryType) {
        return Column.Kind.IMAGE;
      }
      if (key.equals("image")) {
        throw wrong(name, type, key, "the bytes of image files");
      }
      if (label && text) {
        return Column.Kind.TEXT;
      }
      if (key.equals("features") && texts.contains(name)) {
        if (text || type instanceof NumericType) {
          return text ? Column.Kind.TEXT : Column.Kind.CODE;
        }
        throw wrong(name, type, "categorical", "texts, numbers or booleans");
      }
      if (type instanceof NumericType || type instanceof BooleanType) {
        return Column.Kind.NUMBER;
      }
      if (type instanceof StringType && (key.equals("validation") || key.equals("test"))) {
        return Column.Kind.TEXT;
      }
      boolean single = key.equals("weight") || key.equals("validation") || key.equals("test");
      if (!single && type.equals(SQLDataTypes.VectorType())) {
        return Column.Kind.VECTOR;
      }
      if (!single
          && type instanceof ArrayType array
          && (array.elementType() instanceof NumericType
              || array.elementType() instanceof BooleanType)) {
        return Column.Kind.NUMBERS;
      }
      if (type instanceof StringType && key.equals("features")) {
        throw new ConfigException(
            "data.features: column '"
                + name
                + "' has texts; list it in data.categorical, or leave it out of data.features");
      }
      throw wrong(
          name,
          type,
          key,
          label
              ? "numbers, texts, booleans, or arrays or vectors of numbers"
              : single ? "numbers or booleans" : "numbers, booleans, or arrays or vectors of them");
    }

    private static ConfigException wrong(String name, DataType type, String key, String needed) {
      return new ConfigException(
          "data."
              + key
              + ": column '"
              + name
              + "' has cells of type "
              + type.simpleString()
              + " but "
              + needed
              + " are needed");
    }
  }
}
