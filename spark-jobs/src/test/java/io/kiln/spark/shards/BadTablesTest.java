package io.kiln.spark.shards;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.kiln.nn.config.Settings;
import io.kiln.spark.SparkDefaults;
import io.kiln.spark.job.ExitCodes;
import io.kiln.spark.job.Failures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.spark.SparkConf;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every table that cannot be learnt from is refused in one line. */
@Tag("spark")
class BadTablesTest {
  private static SparkSession spark;

  @TempDir private Path folder;
  private int tables;

  @BeforeAll
  static void start() {
    SparkConf conf =
        SparkDefaults.apply(new SparkConf().setMaster("local[2]").setAppName("bad tables"))
            .set("spark.ui.enabled", "false");
    spark = SparkSession.builder().config(conf).getOrCreate();
  }

  @AfterAll
  static void stop() {
    spark.stop();
  }

  private static Dataset<Row> range(long rows, String... columns) {
    return spark.range(rows).selectExpr(columns);
  }

  private Map<String, Object> parquet(Dataset<Row> table) {
    Path path = folder.resolve("t" + tables++);
    table.coalesce(1).write().parquet(path.toString());
    return new TreeMap<>(Map.of("format", "parquet", "path", path.toString(), "label", "y"));
  }

  private static Failures refused(Map<String, Object> data, int shards) {
    Throwable thrown =
        catchThrowable(
            () ->
                ShardedTable.of(
                        spark, TableSource.of(spark, Settings.of("data", data), "/"), shards)
                    .materialise());
    assertThat(thrown).isNotNull();
    return Failures.of(thrown);
  }

  private static void usage(Map<String, Object> data, String line) {
    Failures failure = refused(data, 4);
    assertThat(failure.line()).contains(line);
    assertThat(failure.exitCode()).as(failure.line()).isEqualTo(ExitCodes.USAGE);
  }

  private static void unreadable(Map<String, Object> data, String line) {
    Failures failure = refused(data, 4);
    assertThat(failure.line()).contains(line);
    assertThat(failure.exitCode()).as(failure.line()).isEqualTo(ExitCodes.UNREADABLE);
  }

  @Test
  void missingColumnsAreNamedWithTheNearestOne() {
    Map<String, Object> data = parquet(range(20, "id as weight", "id % 2 as y"));
    data.put("label", "z");
    usage(data, "data.label: the table has no column 'z'; did you mean 'y'?");
    data.put("label", "y");
    data.put("features", List.of("wieght"));
    usage(data, "data.features: the table has no column 'wieght'; did you mean 'weight'?");
    data.put("features", List.of("weight"));
    data.put("validation", Map.of("column", "val"));
    usage(data, "data.validation: the table has no column 'val'");
    data.remove("validation");
    data.put("fetures", "x");
    usage(data, "data.fetures: there is no such key; did you mean data.features?");
  }

  @Test
  void nullsAndNaNsAreCountedAndPlaced() throws IOException {
    Map<String, Object> nulls =
        parquet(range(20, "if(id in (7, 9), null, id) as x", "id % 2 as y"));
    unreadable(nulls, "column 'x' has no value (null or NaN) in 2 rows, first in file:");
    unreadable(nulls, ".parquet, row 8; set data.missing to mean or drop, or fill it");
    nulls.put("missing", "drop");
    TablePlan dropped = Tables.sharded(spark, nulls, 4).plan();
    assertThat(dropped.rows(Part.TRAIN)).isEqualTo(18);
    assertThat(dropped.notes()).contains("2 rows with missing cells were left out");
    unreadable(
        parquet(range(20, "if(id = 3, double('NaN'), id) as x", "id % 2 as y")), "in 1 row, first");
    unreadable(
        parquet(range(20, "if(id = 3, double('Infinity'), id) as x", "id % 2 as y")),
        "column 'x' is infinite in 1 row, first in ");
    unreadable(
        parquet(range(20, "id as x", "if(id = 3, null, id % 2) as y")),
        "column 'y' has no label (null or NaN) in 1 row");
    unreadable(
        parquet(range(20, "id as x", "if(id = 3, null, 'a') as y")),
        "column 'y' has no label (null or NaN) in 1 row");
    unreadable(
        parquet(range(20, "array(id, if(id = 4, null, 1)) as x", "id % 2 as y")),
        "column 'x' has no value (null or NaN) in 1 row");
    unreadable(
        parquet(range(20, "if(id = 4, null, array(id)) as x", "id % 2 as y")),
        "column 'x' has no array (null) in 1 row");
  }

  @Test
  void rowsOfCsvAndOfProgramsAreShown() throws IOException {
    Path csv = folder.resolve("rows.csv");
    Files.writeString(csv, "a,b,y\n1,2,0\n3,,1\n5,6,0\n7,8,1\n");
    Map<String, Object> data =
        new TreeMap<>(Map.of("format", "csv", "path", csv.toString(), "label", "y"));
    unreadable(data, "column 'b' has no value (null or NaN) in 1 row, first in file:");
    unreadable(data, "rows.csv, such as a=3, b=null, y=1; set data.missing");
    Dataset<Row> own = range(9, "if(id = 4, null, id) as x", "id % 2 as y").repartition(3);
    TableOptions options = TableOptions.of(Settings.of("data", Map.of("label", "y")));
    Failures failure =
        Failures.of(catchThrowable(() -> TablePlan.of(TableSource.of(own, options), 2)));
    assertThat(failure.line())
        .startsWith("the table: column 'x' has no value (null or NaN) in 1 row, such as x=null");
  }

  @Test
  void vectorsOfDifferentLengthsAreRefused() {
    unreadable(
        parquet(range(20, "if(id = 4, array(id), array(id, id)) as x", "id % 2 as y")),
        "column 'x' has arrays or vectors of different lengths: 19 rows have 2 numbers but 1 row"
            + " has 1 number, first in file:");
    unreadable(
        parquet(range(20, "if(id >= 16, array(id), array(id, id)) as x", "id % 2 as y")),
        ".parquet, row 17; correct the table, or leave such rows out with data.where");
    unreadable(
        parquet(range(20, "id as x", "if(id = 4, array(id), array(id, id)) as y")),
        "column 'y' has arrays or vectors of different lengths: 19 rows have 2 numbers but 1 row");
    unreadable(
        vectors(id -> id == 3 ? Vectors.dense(1, 2) : Vectors.sparse(3, new int[0], new double[0])),
        "column 'x' has arrays or vectors of different lengths: 19 rows have 3 numbers but 1 row"
            + " has 2 numbers, first in file:");
    unreadable(
        vectors(id -> Vectors.sparse(id == 3 ? 5000 : 1 << 18, new int[] {7}, new double[] {1})),
        "19 rows have 262144 numbers but 1 row has 5000 numbers, first in file:");
  }

  /** A table of vectors x and labels y. */
  private Map<String, Object> vectors(IntFunction<Vector> of) {
    List<Row> rows =
        IntStream.range(0, 20).mapToObj(id -> RowFactory.create(of.apply(id), id % 2)).toList();
    StructType schema =
        new StructType().add("x", SQLDataTypes.VectorType()).add("y", DataTypes.IntegerType);
    return parquet(spark.createDataFrame(rows, schema));
  }

  @Test
  void vectorsWithoutNumbersOrWithNaNsAreRefused() {
    unreadable(
        vectors(id -> id == 3 ? Vectors.dense(1, Double.NaN) : Vectors.dense(1, 2)),
        "column 'x' has no value (null or NaN) in 1 row, first in file:");
    unreadable(
        vectors(id -> Vectors.sparse(1 << 18, new int[] {7}, new double[] {id / (id - 3.0)})),
        "column 'x' is infinite in 1 row, first in file:");
    unreadable(
        vectors(id -> id == 3 ? null : Vectors.dense(1, 2)), "column 'x' has no vector (null)");
    unreadable(
        vectors(id -> Vectors.dense(new double[0])), "column 'x' has a cell without numbers in 20");
    unreadable(
        parquet(range(20, "id as x", "if(id = 4, array(), array(id)) as y")),
        "column 'y' has a cell without numbers in 1 row, first in file:");
  }

  @Test
  void oneClassOnlyEmptyTablesAndFewRowsAreRefused() {
    usage(
        parquet(range(20, "id as x", "'a' as y")),
        "all rows to learn from are of one class, 'a'; two at least are needed");
    usage(parquet(range(0, "id as x", "id % 2 as y")), "has no rows; give a table with rows");
    usage(
        parquet(range(3, "id as x", "id % 2 as y")),
        "has 3 rows to learn from but there are 4 virtual shards; set cluster.virtual-shards to 3");
    Map<String, Object> data = parquet(range(20, "id as x", "id % 2 as y"));
    data.put("validation", 20);
    usage(data, "data.validation: 20 rows are to be held back but");
    data.put("validation", 0.5);
    data.put("test", 0.5);
    usage(data, "some must be left to learn from");
    data.put("where", "x > ");
    usage(data, "data.where: 'x > ': ");
    data.put("where", "x > 100");
    data.remove("test");
    usage(data, "has no rows");
  }

  @Test
  void typesThatCannotBeAreNamed() {
    usage(
        parquet(range(20, "id as x", "map('a', id) as y")),
        "data.label: column 'y' has cells of type map<string,bigint> but numbers, texts, booleans,");
    usage(
        parquet(range(20, "current_date() as x", "id % 2 as y")),
        "data.features: column 'x' has cells of type date but numbers, booleans, or arrays");
    usage(
        parquet(range(20, "cast(id as string) as x", "id % 2 as y")),
        "data.features: column 'x' has texts; list it in data.categorical");
    Map<String, Object> data = parquet(range(20, "id as x", "concat('a', id) as y"));
    data.put("task", "regression");
    usage(data, "data.label: column 'y' has texts but regression needs numbers");
    data = parquet(range(20, "id as x", "id % 2 as y", "-1 as w"));
    data.put("weight", "w");
    unreadable(data, "column 'w' has a weight that is null, negative or no number in 20 rows");
    data = parquet(range(20_000, "id as x", "concat('a', id) as y"));
    usage(data, "column 'y' has more than 10000 different labels, too many for classes");
    data = parquet(range(20, "id as x", "id % 2 as y", "0 as w"));
    data.put("weight", "w");
    usage(data, "data.weight: of all 20 rows to learn from column 'w' has weight 0");
  }

  @Test
  void cellsThatAreTooLargeAreNamed() {
    Map<String, Object> data = parquet(range(20, "repeat('abc', 100000) as x", "id % 2 as y"));
    data.put("categorical", "x");
    unreadable(data, "column 'x' has a text of more than 65536 bytes, which is no category");
    // What is declared is believed only as far as there could be room for it: these are 16 GB.
    int most = Integer.MAX_VALUE;
    unreadable(
        vectors(id -> Vectors.sparse(most, new int[] {most - 1}, new double[] {1})),
        "column 'x' has a cell of more than 268435456 numbers in 20 rows, first in file:");
    data = vectors(id -> Vectors.sparse(most, new int[] {most - 1}, new double[] {1}));
    data.put("label", "x");
    data.put("features", "y");
    unreadable(data, "column 'x' has a cell of more than 1048576 numbers in 20 rows, first in");
    data = parquet(range(2, "array_repeat(id, 2000000) as x", "id as y"));
    data.put("label", "x");
    data.put("features", "y");
    unreadable(data, "column 'x' has a cell of more than 1048576 numbers in 2 rows, first in");
    data = parquet(range(20_000, "concat('a', id) as x", "id % 2 as y"));
    data.put("categorical", "x");
    unreadable(data, "column 'x' has more than 10000 different texts, too many for categories");
    data = parquet(range(20, "id * 1e300 as x", "id % 2 as y"));
    data.put("normalize", false);
    unreadable(data, "which is too large for float32");
  }

  @Test
  void filesThatAreNotThereOrVanishOrAreNoneAreNamed() throws IOException {
    Map<String, Object> data = parquet(range(20, "id as x", "id % 2 as y"));
    Path place = Path.of((String) data.get("path"));
    data.put("path", place + "x");
    unreadable(data, "data: " + place + "x is not there; set KILN_DATA or --data");
    data.put("path", place.toString());
    TableSource source = TableSource.of(spark, Settings.of("data", data), "/");
    try (Stream<Path> files = Files.list(place)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".parquet")).toList()) {
        Files.delete(file);
      }
    }
    Failures vanished = Failures.of(catchThrowable(() -> ShardedTable.of(spark, source, 4)));
    assertThat(vanished.exitCode()).isEqualTo(ExitCodes.UNREADABLE);
    assertThat(vanished.line()).contains("a file vanished while it was read: ");
    Path damaged = folder.resolve("damaged.parquet");
    Files.writeString(damaged, "PAR1 this is none PAR1");
    data.put("path", damaged.toString());
    unreadable(data, damaged.toString());
    data.put("format", "table");
    data.put("path", "nowhere");
    usage(data, "data.path: the catalog has no table 'nowhere'");
  }

  @Test
  void aFileThatVanishesBetweenTheFirstReadingAndTheSecondIsNamed() throws IOException {
    Path place = folder.resolve("parts");
    range(3000, "id as x", "id % 2 as y").repartition(3).write().parquet(place.toString());
    Map<String, Object> data =
        new TreeMap<>(Map.of("format", "parquet", "path", place.toString(), "label", "y"));
    ShardedTable table =
        ShardedTable.of(spark, TableSource.of(spark, Settings.of("data", data), "/"), 4);
    Path part;
    try (Stream<Path> files = Files.list(place)) {
      part = files.filter(f -> f.toString().endsWith(".parquet")).findFirst().orElseThrow();
    }
    Files.delete(part);
    Failures vanished = Failures.of(catchThrowable(table::materialise));
    assertThat(vanished.exitCode()).isEqualTo(ExitCodes.UNREADABLE);
    assertThat(vanished.line())
        .contains("a file vanished while it was read: ", String.valueOf(part.getFileName()));
  }
}
