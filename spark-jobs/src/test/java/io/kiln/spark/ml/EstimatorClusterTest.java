package io.kiln.spark.ml;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The same estimator in an application on one machine and in one with executors of its own. */
@Tag("spark")
@Timeout(600)
class EstimatorClusterTest {
  private static List<Row> answers(SparkSession spark, int workers) {
    Dataset<Row> points = Application.clouds(spark, 300, 3, 1, 4);
    KilnClassificationModel model =
        new KilnClassifier()
            .setModel("{type: mlp, hidden: [8]}")
            .setConfig("{cluster: {reproducible: any-workers, virtual-shards: 4}}")
            .setBatchSize(64)
            .setEpochs(4)
            .setNumWorkers(workers)
            .fit(points);
    return model.transform(points.repartition(3)).orderBy("features").collectAsList();
  }

  @Test
  void theSameModelComesFromOneMachineAndFromACluster() throws IOException {
    List<Row> alone;
    try (SparkSession spark = Application.start("local[2]")) {
      alone = answers(spark, 1);
      assertThat(answers(spark, 2)).isEqualTo(alone);
    }
    try (SparkSession spark = Application.start("local-cluster[2,1,1024]")) {
      assertThat(answers(spark, 2)).isEqualTo(alone);
      assertThat(answers(spark, 1)).isEqualTo(alone);
    }
  }
}
