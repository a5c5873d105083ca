package io.kiln.spark.ml;

import io.kiln.nn.config.Settings;
import io.kiln.nn.data.SampleSpec;
import io.kiln.nn.layer.Network;
import io.kiln.nn.tensor.DType;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.zoo.Models;
import io.kiln.spark.score.BatchScorer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.apache.spark.ml.Model;
import org.apache.spark.ml.classification.MultilayerPerceptronClassifier;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * Rows a second of {@code transform}, beside those of Spark MLlib's perceptron of the same layers
 * on the same rows; run by hand. Prints a line a network.
 */
public final class TransformSpeed {
  private TransformSpeed() {}

  /** Measures 28-64-2 and 784-256-10. */
  public static void main(String[] args) throws IOException {
    try (SparkSession spark = Application.start("local[2]")) {
      measure(spark, 28, 64, 2, 400_000, 400_000);
      measure(spark, 784, 256, 10, 60_000, 6_000);
    }
  }

  private static void measure(
      SparkSession spark, int features, int hidden, int classes, int ours, int theirs)
      throws IOException {
    SampleSpec spec = SampleSpec.classification(Shape.of(features), classes);
    Map<String, Object> section = Map.of("type", "mlp", "hidden", List.of(hidden));
    Network network =
        Network.of(Models.from(Settings.of("model", section), spec), spec, DType.FLOAT32, 1);
    BatchScorer scorer =
        BatchScorer.of(network, section, Map.of("type", KilnClassifier.LOSS), Map.of());
    Dataset<Row> few = rows(spark, features, classes, 2000);
    Model<?> perceptron =
        new MultilayerPerceptronClassifier()
            .setLayers(new int[] {features, hidden, classes})
            .setMaxIter(1)
            .fit(few);
    KilnClassificationModel kiln = new KilnClassificationModel("k", scorer, null);
    double mine = rate(kiln::transform, repeated(few, ours));
    double other = rate(perceptron::transform, repeated(few, theirs));
    double none = rate(rows -> rows, repeated(few, ours));
    System.out.printf(
        Locale.ROOT,
        "%d-%d-%d: kiln %.0f rows/s, MLlib %.0f rows/s, %.1f times; without a model %.0f%n",
        features,
        hidden,
        classes,
        mine,
        other,
        mine / other,
        none);
  }

  private static Dataset<Row> rows(SparkSession spark, int features, int classes, int count) {
    Random random = new Random(1);
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      double[] x = new double[features];
      for (int j = 0; j < features; j++) {
        x[j] = random.nextGaussian();
      }
      rows.add(Application.point(i % classes, x));
    }
    return Application.points(spark, rows).repartition(2).cache();
  }

  private static Dataset<Row> repeated(Dataset<Row> rows, int count) {
    Dataset<Row> all = rows;
    for (int i = 1; i < count / 2000; i++) {
      all = i < 10 ? all.union(rows) : all;
    }
    return all.crossJoin(rows.sparkSession().range(Math.max(1, count / 20_000)).toDF()).coalesce(2);
  }

  private static double rate(UnaryOperator<Dataset<Row>> model, Dataset<Row> rows) {
    long count = rows.count();
    double best = 0;
    for (int i = 0; i < 3; i++) {
      long start = System.nanoTime();
      model.apply(rows).write().format("noop").mode("overwrite").save();
      best = Math.max(best, count / ((System.nanoTime() - start) / 1e9));
    }
    return best;
  }
}
