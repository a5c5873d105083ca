package io.kiln.spark.ml;

import io.kiln.nn.config.ConfigException;
import org.apache.spark.ml.attribute.Attribute;
import org.apache.spark.ml.attribute.BinaryAttribute;
import org.apache.spark.ml.attribute.NominalAttribute;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;

/**
 * What the label column of a table says before anything is trained; Spark reads that column once.
 *
 * @param rows of the table
 * @param classes labels are 0 … classes − 1; 0 if they are no classes
 */
record Labels(long rows, int classes) {
  private static final int MOST_CLASSES = 1 << 20;

  /** Counts the rows of a regression. */
  static Labels numbers(Dataset<?> table) {
    long rows = table.count();
    if (rows == 0) {
      throw empty();
    }
    return new Labels(rows, 0);
  }

  private static ConfigException empty() {
    return new ConfigException(
        "labelCol: the table has no rows; give one with rows, or look at the filter before it");
  }

  /**
   * Counts rows and classes: as many as the column's metadata say (StringIndexer writes them), else
   * as follow from the greatest label.
   *
   * @throws ConfigException if a label is no class
   */
  static Labels classes(Dataset<?> table, String column) {
    Column label = functions.col(quoted(column)).cast(DataTypes.DoubleType);
    Column wrong = label.isNull().or(label.lt(0)).or(label.notEqual(functions.floor(label)));
    Row seen =
        table
            .select(label.as("label"), wrong.as("wrong"))
            .agg(
                functions.count(functions.lit(1)),
                functions.max("label"),
                functions.sum(functions.when(functions.col("wrong"), 1).otherwise(0)))
            .head();
    if (seen.getLong(0) == 0) {
      throw empty();
    }
    if (seen.getLong(2) > 0) {
      throw new ConfigException(
          "labelCol: "
              + seen.getLong(2)
              + " rows of column '"
              + column
              + "' have no whole number from 0 on; index classes with StringIndexer, and drop rows"
              + " without a label");
    }
    double greatest = seen.getDouble(1);
    if (greatest >= MOST_CLASSES) {
      throw new ConfigException(
          "labelCol: column '"
              + column
              + "' has a label of "
              + greatest
              + " but classes are 0 … "
              + (MOST_CLASSES - 1)
              + "; index them with StringIndexer");
    }
    int known = known(table.schema().apply(column));
    int classes = Math.max(known, (int) greatest + 1);
    if (classes < 2) {
      throw new ConfigException(
          "labelCol: all rows of column '"
              + column
              + "' are of one class, 0; two at least are needed");
    }
    return new Labels(seen.getLong(0), classes);
  }

  private static int known(StructField label) {
    Attribute attribute = Attribute.fromStructField(label);
    if (attribute instanceof BinaryAttribute) {
      return 2;
    }
    if (attribute instanceof NominalAttribute nominal && nominal.getNumValues().isDefined()) {
      return (Integer) nominal.getNumValues().get();
    }
    return 0;
  }

  /** A name that may have dots, as an expression. */
  static String quoted(String column) {
    return "`" + column.replace("`", "``") + "`";
  }
}
