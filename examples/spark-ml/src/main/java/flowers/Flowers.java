package flowers;

import java.util.Arrays;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** The table: numbers, and in the last column the kind of flower. */
final class Flowers {
  /** The column with the kind. */
  static final String KIND = "kind";

  private Flowers() {}

  /** Reads a CSV file without a header. */
  static Dataset<Row> read(SparkSession spark, String path) {
    Dataset<Row> table = spark.read().option("inferSchema", true).csv(path).na().drop();
    String last = table.columns()[table.columns().length - 1];
    return table.withColumnRenamed(last, KIND);
  }

  /** The names of the columns with numbers. */
  static String[] numbers(Dataset<Row> table) {
    return Arrays.stream(table.columns()).filter(c -> !c.equals(KIND)).toArray(String[]::new);
  }

  /** An application on this machine; spark-submit puts it on a cluster. */
  static SparkSession session(String name) {
    return SparkSession.builder()
        .appName(name)
        .master(System.getProperty("spark.master", "local[2]"))
        .config("spark.sql.shuffle.partitions", 4)
        .config("spark.log.level", "WARN")
        .config("spark.ui.enabled", false)
        .getOrCreate();
  }
}
