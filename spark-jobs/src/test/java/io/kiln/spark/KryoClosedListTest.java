package io.kiln.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.ml.feature.VectorAssembler;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a user of Kiln does with Spark beside Kiln must go through the closed list too. */
@Tag("spark")
class KryoClosedListTest {
  private static SparkSession spark;

  /** Not on the list. */
  record Stranger(int n) {}

  @BeforeAll
  static void start() {
    SparkConf conf =
        SparkDefaults.apply(new SparkConf().setMaster("local[2]").setAppName("closed list"))
            .set("spark.ui.enabled", "false")
            .set("spark.sql.shuffle.partitions", "3");
    spark = SparkSession.builder().config(conf).getOrCreate();
  }

  @AfterAll
  static void stop() {
    spark.stop();
  }

  @Test
  void dataFramesGoThrough(@TempDir Path folder) {
    Dataset<Row> numbers =
        spark.range(0, 1000, 1, 4).selectExpr("id", "id % 7 as k", "cast(id as double) as v");
    assertThat(numbers.groupBy("k").agg(functions.avg("v")).collectAsList()).hasSize(7);
    assertThat(numbers.orderBy(functions.col("v").desc()).first().getLong(0)).isEqualTo(999);
    assertThat(numbers.join(numbers.select("id"), "id").count()).isEqualTo(1000);
    assertThat(numbers.join(functions.broadcast(numbers.select("id")), "id").count())
        .isEqualTo(1000);
    for (String format : List.of("parquet", "csv", "json", "orc", "avro")) {
      String path = folder.resolve(format).toString();
      numbers.write().format(format).save(path);
      assertThat(spark.read().format(format).load(path).count()).isEqualTo(1000);
    }
    assertThat(numbers.cache().count()).isEqualTo(1000);
    assertThat(numbers.repartition(5).toJavaRDD().map(row -> row.getLong(0)).collect())
        .hasSize(1000);
    assertThat(numbers.sample(0.5, 7).randomSplit(new double[] {1, 1}, 3)[0].count()).isPositive();
  }

  @Test
  void vectorsAndBinaryFilesGoThrough(@TempDir Path folder) throws Exception {
    java.nio.file.Files.writeString(folder.resolve("a.txt"), "hello");
    assertThat(spark.read().format("binaryFile").load(folder.toString()).collectAsList())
        .hasSize(1);
    Dataset<Row> vectors =
        new VectorAssembler()
            .setInputCols(new String[] {"id", "v"})
            .setOutputCol("features")
            .transform(spark.range(100).selectExpr("id", "id * 2 as v"));
    assertThat(vectors.select("features").collectAsList()).hasSize(100);
    assertThat(vectors.select("features").toJavaRDD().collect()).hasSize(100);
  }

  @Test
  void plainRddsGoThrough() {
    JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    var pairs =
        context
            .parallelize(List.of(3, 1, 2, 5, 4), 3)
            .mapToPair(n -> new scala.Tuple2<>(n, new float[] {n}));
    assertThat(pairs.sortByKey().collectAsMap()).hasSize(5);
    assertThat(pairs.groupByKey(2).mapValues(arrays -> 1).collect()).hasSize(5);
    assertThat(context.broadcast(List.of(1, 2, 3)).value()).hasSize(3);
  }

  @Test
  void strangersAreRefused() {
    JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    var strangers = context.parallelize(List.of(1, 2), 2).map(n -> new Stranger(n));
    assertThatThrownBy(strangers::collect).hasMessageContaining("Class is not registered");
  }
}
