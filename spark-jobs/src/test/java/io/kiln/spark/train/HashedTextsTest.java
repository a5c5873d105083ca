package io.kiln.spark.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.kiln.spark.cluster.TestSpark;
import io.kiln.spark.config.RunConfig;
import io.kiln.spark.fit.FitData;
import io.kiln.spark.fit.FitPlan;
import io.kiln.spark.fit.TableData;
import io.kiln.spark.report.RunReport;
import io.kiln.spark.store.HadoopStorage;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.ml.feature.HashingTF;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Texts hashed to 2^18 features train without 2^18 floats a row: 20 000 rows would be 20 GB. */
@Tag("spark")
@Timeout(600)
class HashedTextsTest {
  private static final int TEXTS = 20_000;
  private static final int FEATURES = 1 << 18;

  @TempDir Path folder;

  /** Texts of 50 words, most of them of all texts (Zipf's law), one in five of the class's own. */
  private static Dataset<Row> hashed(SparkSession spark) {
    Dataset<Row> texts =
        spark
            .range(TEXTS)
            .selectExpr(
                "transform(sequence(1, 50), i -> if(pmod(hash(i, id, 7), 5) = 0,"
                    + " concat('c', id % 2, '_', pmod(hash(id, i), 2000)),"
                    + " concat('w', floor(exp(ln(100000) * pmod(hash(id, i), 1000003) / 1000003)))"
                    + ")) as words",
                "id % 2 as y");
    return new HashingTF()
        .setNumFeatures(FEATURES)
        .setInputCol("words")
        .setOutputCol("v")
        .transform(texts)
        .select("v", "y");
  }

  @Test
  void hashedTextsTrain() throws Exception {
    try (JavaSparkContext context = TestSpark.start("local[2]")) {
      SparkSession spark = SparkSession.builder().sparkContext(context.sc()).getOrCreate();
      String place = folder.resolve("texts").toString();
      hashed(spark).write().parquet(place);
      RunConfig config =
          RunConfig.of(
              Map.of(
                  "name", "texts",
                  "data", Map.of("format", "parquet", "path", place, "label", "y", "test", 0.1),
                  "model", Map.of("type", "mlp", "hidden", 64),
                  "optimizer", Map.of("type", "adam", "learning-rate", 0.01),
                  "train", Map.of("epochs", 2, "batch-size", 512, "checkpoint-every", "none"),
                  "cluster", Map.of("workers", 1, "virtual-shards", 1)));
      HadoopStorage storage = new HadoopStorage();
      FitData data = TableData.of(spark, config, "/");
      data.check(FitPlan.of(config, data.facts().spec(), 1, storage, "/"));
      PrintStream quiet =
          new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8);
      RunReport report =
          new TrainRun(context, new TrainRun.Prepared(config, data, "/", 1), storage, quiet)
              .inNewFolder(folder.resolve("run").toString());
      assertThat(report.status()).isEqualTo(RunReport.Status.SUCCEEDED);
      assertThat(Objects.requireNonNull(report.test()).accuracy()).isGreaterThan(0.9);
      assertThat(Objects.requireNonNull(report.model()).parameters()).isGreaterThan(64L * FEATURES);
      // What was spooled is what there is, not its zeros.
      long bytes = Objects.requireNonNull(Objects.requireNonNull(report.data()).bytesRead()).get(0);
      assertThat(bytes).isLessThan(20_000_000);
    }
  }
}
