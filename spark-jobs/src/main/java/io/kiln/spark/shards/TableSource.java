package io.kiln.spark.shards;

import io.kiln.nn.config.ConfigException;
import io.kiln.nn.config.Settings;
import io.kiln.nn.io.Locations;
import io.kiln.spark.place.Places;
import io.kiln.spark.store.HadoopStorage;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.AnalysisException;
import org.apache.spark.sql.DataFrameReader;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.jspecify.annotations.Nullable;

/**
 * Rows of Spark's, and what their columns are for.
 *
 * @param name what messages call it: a path, a table, or {@code the table}
 * @param table the rows, filtered
 * @param test rows of their own to test on, or null
 * @param options which columns are what
 */
public record TableSource(
    String name, Dataset<Row> table, @Nullable Dataset<Row> test, TableOptions options) {
  /** Formats of files, by the names Spark gives them. */
  private static final List<String> FILES =
      List.of("parquet", "orc", "avro", "json", "csv", "libsvm");

  /** A program's own rows. */
  public static TableSource of(Dataset<Row> table, TableOptions options) {
    return new TableSource("the table", table, null, options);
  }

  /** Names of the formats of {@link #of(SparkSession, Settings, String)}. */
  public static List<String> formats() {
    return List.of("parquet", "orc", "avro", "json", "csv", "libsvm", "table", "jdbc");
  }

  /**
   * The rows a data section describes. Reads every key it knows and refuses the others.
   *
   * @param root the folder of data sets
   * @throws ConfigException if a setting cannot be used
   * @throws NoSuchFileException if the data are not there
   */
  public static TableSource of(SparkSession spark, Settings data, String root) throws IOException {
    String format = data.choice("format", "parquet", formats().toArray(String[]::new));
    Opener opener = Opener.of(spark, data, root);
    TableOptions options = TableOptions.of(data);
    String where = data.text("where", "");
    Object test = data.raw("test");
    String testPath = test instanceof String text && !TableOptions.isNumber(text) ? text : "";
    data.finish();
    Dataset<Row> table = filtered(opener.open(opener.first()), where);
    Dataset<Row> testTable = testPath.isEmpty() ? null : filtered(opener.open(testPath), where);
    if (format.equals("libsvm") && options.label().isEmpty()) {
      options = options.withLabel("label");
    }
    return new TableSource(opener.name(), table, testTable, options);
  }

  /** Rows as they were given, and what messages call them. */
  record Read(String name, Dataset<Row> table) {}

  /** All rows at the place of a data section, a whole path; other keys are passed over. */
  static Read read(SparkSession spark, Settings data) throws IOException {
    Opener opener = Opener.of(spark, data, "");
    return new Read(opener.name(), opener.open(opener.first()));
  }

  /**
   * Opens tables of one format.
   *
   * @param path as it is written; of JDBC its URL
   * @param jdbcTable of JDBC, else empty
   */
  private record Opener(
      Places places,
      DataFrameReader reader,
      String format,
      String root,
      String path,
      String jdbcTable,
      Settings data) {
    static Opener of(SparkSession spark, Settings data, String root) {
      String format = data.choice("format", "parquet", formats().toArray(String[]::new));
      String path = data.text("path");
      String jdbcTable = format.equals("jdbc") ? data.text("table") : "";
      DataFrameReader reader = TableSource.reader(spark, format, data.section("options").values());
      if (!jdbcTable.isEmpty()) {
        reader = reader.option("url", path);
      }
      Places places = Places.of(spark.sparkContext().getConf());
      return new Opener(places, reader, format, root, path, jdbcTable, data);
    }

    /** What stands for the table itself. */
    String first() {
      return jdbcTable.isEmpty() ? path : jdbcTable;
    }

    String name() {
      return jdbcTable.isEmpty() ? place(path) : "table " + jdbcTable;
    }

    private String place(String which) {
      return FILES.contains(format)
          ? places.resolved(data.path("path"), root.isEmpty() ? which : Locations.join(root, which))
          : which;
    }

    Dataset<Row> open(String which) throws IOException {
      return TableSource.read(reader, format, place(which), data);
    }
  }

  private static DataFrameReader reader(
      SparkSession spark, String format, Map<String, Object> more) {
    DataFrameReader reader = spark.read();
    if (format.equals("csv")) {
      reader = reader.option("header", "true").option("inferSchema", "true");
    }
    for (Map.Entry<String, Object> option : more.entrySet()) {
      reader = reader.option(option.getKey(), String.valueOf(option.getValue()));
    }
    return reader.format(format.equals("table") ? "parquet" : format);
  }

  private static Dataset<Row> read(
      DataFrameReader reader, String format, String place, Settings data) throws IOException {
    try {
      return switch (format) {
        case "table" -> reader.table(place);
        case "jdbc" -> reader.option("dbtable", place).load();
        default -> reader.load(HadoopStorage.uri(place));
      };
    } catch (Exception e) { // Spark declares none of what it throws
      if (e instanceof AnalysisException analysis) {
        String condition = String.valueOf(analysis.getCondition());
        if (condition.equals("PATH_NOT_FOUND")) {
          throw new NoSuchFileException(
              "data: " + place + " is not there; set KILN_DATA or --data, or correct data.path");
        }
        if (condition.equals("TABLE_OR_VIEW_NOT_FOUND")) {
          throw new ConfigException(
              data.path("path") + ": the catalog has no table '" + place + "'; correct it");
        }
        if (format.equals("avro") && firstLine(e).contains("Failed to find data source")) {
          throw new ConfigException(
              data.path("format")
                  + ": avro came but Spark's module for it is not there; give spark-submit"
                  + " --packages org.apache.spark:spark-avro_2.13:"
                  + org.apache.spark.package$.MODULE$.SPARK_VERSION()
                  + ", or write the rows as Parquet");
        }
        throw new ConfigException(data.path("path") + ": " + place + ": " + firstLine(e));
      }
      throw Reading.explained(place, e);
    }
  }

  private static Dataset<Row> filtered(Dataset<Row> table, String where) {
    if (where.isEmpty()) {
      return table;
    }
    try {
      return table.where(where);
    } catch (Exception e) { // Spark declares none of what it throws
      throw wrong(where, e);
    }
  }

  /** What an expression that Spark does not take is. */
  static ConfigException wrong(String where, Exception e) {
    return new ConfigException("data.where: '" + where + "': " + firstLine(e));
  }

  private static String firstLine(Exception e) {
    return String.valueOf(e.getMessage()).strip().lines().findFirst().orElse("it is not valid");
  }
}
