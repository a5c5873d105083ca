package io.kiln.spark.shards;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kiln.nn.data.Batch;
import io.kiln.nn.data.ShardReader;
import io.kiln.nn.data.ShardedSamples;
import io.kiln.nn.io.FormatException;
import io.kiln.nn.tensor.DType;
import io.kiln.nn.tensor.SparseRows;
import io.kiln.spark.SparkDefaults;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.MathContext;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.apache.spark.SparkConf;
import org.apache.spark.ml.feature.HashingTF;
import org.apache.spark.ml.feature.Tokenizer;
import org.apache.spark.ml.feature.VectorAssembler;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.api.java.UDF0;
import org.apache.spark.sql.expressions.UserDefinedFunction;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("spark")
class ShardedTableTest {
  private static final int SHARDS = 5;

  private static SparkSession spark;

  @TempDir private Path folder;

  @BeforeAll
  static void start() {
    SparkConf conf =
        SparkDefaults.apply(new SparkConf().setMaster("local[2]").setAppName("shards"))
            .set("spark.ui.enabled", "false")
            .set("spark.sql.shuffle.partitions", "3");
    spark = SparkSession.builder().config(conf).getOrCreate();
  }

  @AfterAll
  static void stop() {
    spark.stop();
  }

  private static TableOptions options(String label, String... categorical) {
    return new TableOptions(
        List.of(),
        List.of(label),
        "",
        Held.NOTHING,
        Held.NOTHING,
        List.of(categorical),
        true,
        "error",
        "auto",
        List.of(),
        Map.of("normalize-target", false),
        1);
  }

  private static ShardedTable sharded(Dataset<Row> table, TableOptions options, int shards)
      throws IOException {
    ShardedTable sharded = ShardedTable.of(spark, TableSource.of(table, options), shards);
    sharded.materialise();
    return sharded;
  }

  private static Object fitted(String key, ShardedTable table) {
    return Objects.requireNonNull(table.plan().fitted().get(key));
  }

  private static List<float[]> rows(ShardedTable table, Part part) {
    return Tables.inTask(
        spark,
        table,
        (worker, task) -> {
          try (ShardedSamples samples =
              worker.open(part, 0, worker.plan().shards(), task, 1, 1 << 20)) {
            return new ArrayList<>(Tables.rows(samples));
          }
        });
  }

  @Test
  void theSameRowsGiveTheSameSpoolsHoweverTheyAreStored() throws IOException {
    Dataset<Row> table = Tables.mixed(spark, 3000).cache();
    Map<String, Map<String, String>> spools = new TreeMap<>();
    Map<String, String> fingerprints = new TreeMap<>();
    Map<String, Dataset<Row>> ways = new TreeMap<>();
    ways.put("parquet-1", table.coalesce(1));
    ways.put("parquet-7", table.repartition(7));
    ways.put("parquet-40", table.orderBy(functions.rand(5)).repartition(40));
    ways.put("parquet-groups", table.orderBy(functions.col("time").desc()).coalesce(1));
    ways.put("csv-3", table.repartition(3));
    ways.put("orc-2", table.repartition(2));
    ways.put("json-2", table.repartition(2));
    ways.put("avro-2", table.repartition(2));
    ways.forEach(
        (way, rows) -> {
          String format = way.substring(0, way.indexOf('-'));
          rows.write()
              .format(format)
              .option("header", true)
              .option("parquet.block.size", way.endsWith("groups") ? 4096 : 1 << 27)
              .save(folder.resolve(way).toString());
        });
    for (String way : ways.keySet()) {
      String format = way.substring(0, way.indexOf('-'));
      Map<String, Object> data = Tables.mixedData(format, folder.resolve(way));
      data.put("features", List.of("a", "b", "time", "n", "flag", "colour"));
      ShardedTable sharded = Tables.sharded(spark, data, SHARDS);
      assertThat(sharded.plan().rows(Part.TRAIN)).isBetween(1900L, 2300L);
      assertThat(sharded.plan().rows(Part.VALIDATION)).isBetween(500L, 700L);
      assertThat(sharded.plan().rows(Part.TEST)).isBetween(230L, 370L);
      fingerprints.put(way, sharded.plan().fingerprint());
      spools.put(way, Tables.spools(spark, sharded));
    }
    assertThat(fingerprints.values())
        .as("%s", fingerprints)
        .containsOnly(fingerprints.get("csv-3"));
    assertThat(spools.get("parquet-1")).hasSize(3 * SHARDS);
    assertThat(spools.values()).containsOnly(spools.get("parquet-1"));
  }

  @Test
  void anotherRowOrSeedGivesOtherSpools() throws IOException {
    Dataset<Row> table = Tables.mixed(spark, 300);
    ShardedTable one = sharded(table, options("y", "colour"), 2);
    ShardedTable less = sharded(table.limit(299), options("y", "colour"), 2);
    assertThat(less.plan().fingerprint()).isNotEqualTo(one.plan().fingerprint());
    ShardedTable twice = sharded(table.union(table.limit(1)), options("y", "colour"), 2);
    assertThat(twice.plan().rows(Part.TRAIN)).isEqualTo(301);
    assertThat(twice.plan().fingerprint()).isNotEqualTo(one.plan().fingerprint());
  }

  @Test
  void meansAndDeviationsAreExact() throws IOException {
    Dataset<Row> table = Tables.mixed(spark, 2000).select("b", "time", "y").cache();
    ShardedTable sharded = sharded(table, options("y"), 3);
    MathContext precise = new MathContext(60);
    for (int column = 0; column < 2; column++) {
      BigDecimal sum = BigDecimal.ZERO;
      BigDecimal squares = BigDecimal.ZERO;
      for (Row row : table.collectAsList()) {
        double x = column == 0 ? row.getFloat(0) : row.getDecimal(1).doubleValue();
        BigDecimal exact = new BigDecimal(Canonical.of(x));
        sum = sum.add(exact);
        squares = squares.add(exact.pow(2));
      }
      BigDecimal n = BigDecimal.valueOf(2000);
      BigDecimal variance = squares.multiply(n).subtract(sum.pow(2)).divide(n.multiply(n), precise);
      List<?> means = (List<?>) fitted("mean", sharded);
      List<?> deviations = (List<?>) fitted("deviation", sharded);
      assertThat(means.get(column)).isEqualTo(sum.divide(n, precise).doubleValue());
      assertThat(deviations.get(column)).isEqualTo(variance.sqrt(precise).doubleValue());
    }
  }

  @Test
  void rowsComeOutAsTheyWentIn() throws IOException {
    Dataset<Row> table =
        spark
            .range(40)
            .selectExpr("cast(id as float) as x", "if(id % 2 = 0, 'b', 'a') as c", "id * 2.5 as y");
    TableOptions options = options("y", "c");
    ShardedTable sharded = sharded(table, options, 3);
    assertThat(sharded.plan().spec().classes()).isZero();
    double deviation = Math.sqrt((40 * 40 - 1) / 12.0);
    List<Integer> seen = new ArrayList<>();
    for (float[] row : rows(sharded, Part.TRAIN)) {
      int id = Math.round(row[3] / 2.5f);
      assertThat(row[0]).isEqualTo((float) ((id - 19.5) / deviation));
      assertThat(row[1]).isEqualTo(id % 2);
      assertThat(row[2]).isEqualTo(1 - id % 2);
      seen.add(id);
    }
    assertThat(seen).hasSize(40).doesNotHaveDuplicates();
  }

  @Test
  void vectorsArraysAndColumnsAreTheSameRows() throws IOException {
    Dataset<Row> plain =
        spark
            .range(500)
            .selectExpr("cast(id % 50 = 0 as double) * id as a", "0D as b", "id % 7 as y");
    Dataset<Row> vectors =
        new VectorAssembler()
            .setInputCols(new String[] {"a", "b"})
            .setOutputCol("v")
            .transform(plain)
            .select("v", "y");
    Dataset<Row> arrays = plain.selectExpr("array(a, b) as v", "y");
    List<float[]> expected = rows(sharded(vectors, options("y"), 2), Part.TRAIN);
    assertThat(rows(sharded(arrays, options("y"), 2), Part.TRAIN))
        .usingRecursiveComparison()
        .isEqualTo(expected);
    assertThat(rows(sharded(plain, options("y"), 2), Part.TRAIN)).hasSize(500);
    assertThat(expected).hasSize(500);
  }

  @Test
  void hashedTextsStaySparse() throws IOException {
    Dataset<Row> texts =
        spark
            .range(400)
            .selectExpr("concat('w', id % 9, ' x', id, ' y', id % 5) as text", "id % 2 as y");
    Dataset<Row> words = new Tokenizer().setInputCol("text").setOutputCol("words").transform(texts);
    Dataset<Row> hashed =
        new HashingTF()
            .setNumFeatures(1 << 18)
            .setInputCol("words")
            .setOutputCol("v")
            .transform(words)
            .select("v", "y");
    ShardedTable sharded = sharded(hashed, options("y"), 2);
    assertThat(sharded.plan().form().sparse()).isTrue();
    assertThat(sharded.plan().notes()).anyMatch(note -> note.contains("stay sparse"));
    double[] sums =
        Tables.inTask(
            spark,
            sharded,
            (worker, task) -> {
              double[] found = new double[3];
              try (ShardedSamples samples = worker.open(Part.TRAIN, 0, 2, task, 1, 1 << 20)) {
                Batch batch = samples.batch(50, DType.FLOAT32);
                for (int shard = 0; shard < 2; shard++) {
                  try (ShardReader reader = samples.open(shard, 0, 0)) {
                    for (long left = samples.size(shard); left > 0; left -= 50) {
                      int n = (int) Math.min(50, left);
                      reader.fill(batch, n);
                      SparseRows rows = Objects.requireNonNull(batch.sparse());
                      found[0] += n;
                      found[1] += rows.starts()[n];
                      for (int i = 0; i < rows.starts()[n]; i++) {
                        found[2] += rows.values()[i];
                      }
                    }
                  }
                }
              }
              return found;
            });
    assertThat(sums[0]).isEqualTo(400);
    assertThat(sums[2]).isEqualTo(1200); // three words a text, two of which may meet in one place
    assertThat(sums[1]).isBetween(1190.0, 1200.0);
  }

  @Test
  void countsColumnsAndTablesOfTheirOwnAreHeldBack() throws IOException {
    Dataset<Row> table = Tables.mixed(spark, 1000).drop("colour");
    table.write().parquet(folder.resolve("t").toString());
    Map<String, Object> data =
        new TreeMap<>(
            Map.of("path", folder.resolve("t").toString(), "label", "y", "validation", 123));
    data.put("test", 77);
    TablePlan counted = Tables.sharded(spark, data, 4).plan();
    assertThat(counted.rows(Part.VALIDATION)).isEqualTo(123);
    assertThat(counted.rows(Part.TEST)).isEqualTo(77);
    assertThat(counted.rows(Part.TRAIN)).isEqualTo(800);
    data.put("validation", Map.of("column", "flag"));
    data.put("test", folder.resolve("t").toString());
    ShardedTable both = Tables.sharded(spark, data, 4);
    assertThat(both.plan().rows(Part.VALIDATION)).isEqualTo(334);
    assertThat(both.plan().rows(Part.TEST)).isEqualTo(1000);
    both.materialise();
    assertThat(rows(both, Part.TEST)).hasSize(1000);
    assertThat(rows(both, Part.VALIDATION)).hasSize(334);
    data.put("where", "n < 5");
    assertThat(Tables.sharded(spark, data, 4).plan().rows(Part.TEST)).isEqualTo(455);
  }

  @Test
  void severalOutputsWeightsAndMissingMeans() throws IOException {
    Dataset<Row> table =
        spark
            .range(100)
            .selectExpr(
                "if(id % 4 = 0, null, cast(id % 4 as double)) as x",
                "array(id * 1.5, 2) as y", "cast(id as int) as w");
    TableOptions plain = options("y");
    TableOptions options =
        new TableOptions(
            List.of("x"),
            plain.label(),
            "w",
            Held.NOTHING,
            Held.NOTHING,
            List.of(),
            true,
            "mean",
            "auto",
            List.of(),
            Map.of("normalize-target", false),
            1);
    ShardedTable sharded = sharded(table, options, 2);
    assertThat(sharded.plan().spec().target().count()).isEqualTo(2);
    assertThat(sharded.plan().form().weighted()).isTrue();
    assertThat(sharded.plan().fitted())
        .containsEntry("fill", List.of(2.0))
        .containsEntry("deviation", List.of(Math.sqrt(0.5)));
    assertThat(rows(sharded, Part.TRAIN))
        .hasSize(100)
        .allMatch(row -> row[2] == 2 && (Math.round(row[1] / 1.5) % 4 != 0 || row[0] == 0));
  }

  @Test
  void aTableThatGivesOtherRowsEachTimeIsRefused() throws IOException {
    UserDefinedFunction clock =
        functions.udf((UDF0<Long>) System::nanoTime, DataTypes.LongType).asNondeterministic();
    Dataset<Row> table =
        spark.range(100).select(clock.apply().as("x"), functions.expr("id % 2").as("y"));
    ShardedTable sharded = sharded(table, options("y"), 2);
    assertThatThrownBy(() -> rows(sharded, Part.TRAIN))
        .hasStackTraceContaining(FormatException.class.getName())
        .hasStackTraceContaining("write it to files, or cache it");
  }

  @Test
  void aDamagedSpoolIsNamedAndWrittenAnewNextTime() throws IOException {
    ShardedTable table = sharded(Tables.mixed(spark, 2000), options("y", "colour"), 2);
    String damage =
        Tables.inTask(
            spark,
            table,
            (worker, task) -> {
              worker.open(Part.TRAIN, 0, 2, task, 1, 0).close();
              Path file = Tables.files(worker).get(0);
              byte[] bytes = Files.readAllBytes(file);
              bytes[200] ^= 1;
              Files.write(file, bytes);
              String said = "";
              try (ShardedSamples samples = worker.open(Part.TRAIN, 0, 2, task, 1, 0)) {
                Tables.rows(samples);
              } catch (FormatException e) {
                said =
                    String.valueOf(e.getMessage()).startsWith(file + " at byte 64")
                        ? "named"
                        : e.toString();
              }
              return said;
            });
    assertThat(damage).isEqualTo("named");
    assertThat(rows(table, Part.TRAIN)).hasSize(2000);
  }
}
