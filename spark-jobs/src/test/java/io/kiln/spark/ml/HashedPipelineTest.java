package io.kiln.spark.ml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.apache.spark.ml.Pipeline;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.ml.feature.HashingTF;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Hashed texts in a pipeline: 2^18 features of which a row has 50. {@code -Dkiln.texts=20000} for
 * more of them; what it takes is printed.
 */
@Tag("spark")
@Timeout(600)
class HashedPipelineTest {
  private static final int TEXTS = Integer.getInteger("kiln.texts", 1000);
  private static final int FEATURES = 1 << 18;

  @Test
  void hashedTextsTrainAndAreAnsweredAsSparseRows() throws Exception {
    try (SparkSession spark =
        SparkSession.builder()
            .master("local[2]")
            .config("spark.ui.enabled", "false")
            .config("spark.driver.host", "127.0.0.1")
            .getOrCreate()) {
      Dataset<Row> texts =
          spark
              .range(TEXTS)
              .selectExpr(
                  "transform(sequence(1, 50), i -> if(pmod(hash(i, id, 7), 5) = 0,"
                      + " concat('c', id % 2, '_', pmod(hash(id, i), 200)),"
                      + " concat('w', pmod(hash(id, i), 100000)))) as words",
                  "double(id % 2) as label")
              .cache();
      texts.count();
      KilnClassifier classifier =
          new KilnClassifier()
              .setModel("{type: mlp, hidden: [64]}")
              .setOptimizer("{type: adam, learning-rate: 0.01}")
              .setEpochs(3)
              .setBatchSize(512)
              .setConfig("cluster: {virtual-shards: 1}");
      HashingTF hashing =
          new HashingTF().setNumFeatures(FEATURES).setInputCol("words").setOutputCol("features");
      long start = System.nanoTime();
      PipelineModel model =
          new Pipeline().setStages(new PipelineStage[] {hashing, classifier}).fit(texts);
      double fitted = (System.nanoTime() - start) / 1e9;
      start = System.nanoTime();
      Row right =
          model
              .transform(texts)
              .agg(
                  functions.avg(functions.expr("double(prediction = label)")),
                  functions.count("prediction"))
              .first();
      double answered = (System.nanoTime() - start) / 1e9;
      long heap = Runtime.getRuntime().totalMemory() >> 20;
      System.out.printf(
          "hashed texts: %d rows, fit %.1f s (%.0f rows/s of an epoch), transform %.1f s (%.0f"
              + " rows/s), accuracy %.4f, heap %d MB%n",
          TEXTS, fitted, 3 * TEXTS / fitted, answered, TEXTS / answered, right.getDouble(0), heap);
      assertThat(right.getLong(1)).isEqualTo(TEXTS);
      assertThat(right.getDouble(0)).isGreaterThan(0.9);
      // A row alone is answered as among others, but for the order in which products are summed.
      Row row = model.transform(texts).select("features", "probability").first();
      Vector alone =
          ((KilnClassificationModel) model.stages()[1]).predictProbability(row.getAs("features"));
      assertThat(alone.toArray())
          .containsExactly(((Vector) row.getAs("probability")).toArray(), within(1e-6));
    }
  }
}
