package io.kiln.spark.ml;

import io.kiln.nn.config.ConfigException;
import io.kiln.spark.config.RunConfig;
import io.kiln.spark.shards.Held;
import io.kiln.spark.shards.TableOptions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.param.Param;
import org.apache.spark.network.util.JavaUtils;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.BooleanType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.NumericType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/** The columns of a table that a stage reads: what they may be, and what they are for. */
final class Columns {
  private Columns() {}

  /**
   * Applies one of Spark ML's own checks, which know features as vectors only, to a table whose
   * features may be an array of numbers.
   */
  static StructType around(StructType schema, String features, UnaryOperator<StructType> check) {
    int at = Arrays.asList(schema.fieldNames()).indexOf(features);
    if (at < 0 || !isNumbers(schema.fields()[at].dataType())) {
      return check.apply(schema);
    }
    StructField array = schema.fields()[at];
    StructField[] fields = schema.fields().clone();
    fields[at] =
        new StructField(
            array.name(), SQLDataTypes.VectorType(), array.nullable(), array.metadata());
    StructField[] checked = check.apply(new StructType(fields)).fields().clone();
    checked[at] = array;
    return new StructType(checked);
  }

  /** Whether a column has arrays of numbers. */
  static boolean isNumbers(DataType type) {
    return type instanceof ArrayType array && array.elementType() instanceof NumericType;
  }

  /**
   * Checks what Spark ML's own checks do not look at.
   *
   * @throws ConfigException if a parameter is no configuration, or a column cannot be what it
   *     should be
   */
  static void checkTraining(KilnParams stage, StructType schema) {
    FitConfig.of(stage, "features", "label", 0);
    memory(stage);
    numeric(stage, stage.weightCol(), schema, false);
    numeric(stage, stage.validationIndicatorCol(), schema, true);
    if (named(stage, stage.validationIndicatorCol()) && stage.getValidationFraction() > 0) {
      throw new ConfigException(
          "validationFraction: "
              + stage.getValidationFraction()
              + " and validationIndicatorCol '"
              + stage.getValidationIndicatorCol()
              + "' came but only one can say which rows are held back; clear the other");
    }
  }

  private static boolean named(KilnParams stage, Param<String> param) {
    return stage.isDefined(param) && !stage.getOrDefault(param).isEmpty();
  }

  private static void numeric(
      KilnParams stage, Param<String> param, StructType schema, boolean switches) {
    if (!named(stage, param)) {
      return;
    }
    String name = stage.getOrDefault(param);
    if (!List.of(schema.fieldNames()).contains(name)) {
      throw new ConfigException(
          param.name()
              + ": the table has no column '"
              + name
              + "' among "
              + List.of(schema.fieldNames()));
    }
    DataType type = schema.apply(name).dataType();
    if (!(type instanceof NumericType) && !(switches && type instanceof BooleanType)) {
      throw new ConfigException(
          param.name()
              + ": column '"
              + name
              + "' has cells of type "
              + type.simpleString()
              + " but "
              + (switches ? "booleans" : "numbers")
              + " are needed");
    }
  }

  private static long memory(KilnParams stage) {
    try {
      long bytes = JavaUtils.byteStringAsBytes(stage.getDataMemory());
      if (bytes > 0) {
        return bytes;
      }
    } catch (NumberFormatException e) {
      // said below
    }
    throw new ConfigException(
        "dataMemory: '" + stage.getDataMemory() + "' came but a size such as 512m or 4g is needed");
  }

  /**
   * The fit that a stage's parameters ask for.
   *
   * @param classes labels are 0 … classes − 1; 0 for numbers
   */
  static FitCall call(
      KilnParams stage, RunConfig config, List<String> features, String label, int classes) {
    Held validation =
        named(stage, stage.validationIndicatorCol())
            ? new Held(0, 0, stage.getValidationIndicatorCol())
            : new Held(stage.getValidationFraction(), 0, "");
    List<String> names =
        new ArrayList<>(IntStream.range(0, classes).mapToObj(String::valueOf).toList());
    TableOptions options =
        new TableOptions(
            features,
            List.of(label),
            named(stage, stage.weightCol()) ? stage.getWeightCol() : "",
            validation,
            Held.NOTHING,
            List.of(),
            false,
            "error",
            classes > 0 ? "classification" : "regression",
            names,
            Map.of(),
            config.train().seed());
    return new FitCall(config, options, memory(stage), stage.getOutputDir());
  }
}
