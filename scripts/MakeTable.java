import io.kiln.spark.SparkDefaults;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;

/** Makes a table of 28 float features and a label of two classes, the same rows for the same number; see make-table. */
public final class MakeTable {
  private static final int FEATURES = 28;

  private MakeTable() {}

  public static void main(String[] args) throws Exception {
    if (args.length < 2) {
      System.err.println("usage: scripts/make-table FOLDER ROWS [FILES [FORMAT [SORTED]]]");
      System.exit(2);
    }
    long rows = Long.parseLong(args[1]);
    int files = args.length > 2 ? Integer.parseInt(args[2]) : 8;
    String format = args.length > 3 ? args[3] : "parquet";
    boolean sorted = args.length > 4 && Boolean.parseBoolean(args[4]);
    SparkConf conf =
        SparkDefaults.apply(new SparkConf().setMaster("local[*]").setAppName("make-table"))
            .set("spark.kryo.registrationRequired", "false")
            .set("spark.ui.enabled", "false");
    try (SparkSession spark = SparkSession.builder().config(conf).getOrCreate()) {
      // A number in [-1, 1) of 24 bits from the row's number and the column's: no two partitions' business.
      List<String> columns = new ArrayList<>();
      for (int j = 0; j < FEATURES; j++) {
        columns.add("cast((xxhash64(id, " + j + "L) >> 40) / 8388608.0D as float) as f" + j);
      }
      Dataset<Row> table = spark.range(0, rows, 1, sorted ? 1 : files).selectExpr(columns.toArray(new String[0]));
      // A product and a circle, so that a linear model cannot tell the classes apart, and a little noise.
      table =
          table.withColumn(
              "label",
              functions.expr(
                  "cast(f0 * f1 + 0.5 * f2 + f3 * f3 - 0.35 + 0.2 * f4 > 0 as int)"));
      if (sorted) {
        table = table.sort("label").coalesce(1);
      }
      table.write().mode(SaveMode.ErrorIfExists).format(format).option("header", "true").save(args[0]);
      System.out.println(Arrays.toString(table.columns()) + ", " + rows + " rows: " + args[0]);
    }
  }
}
