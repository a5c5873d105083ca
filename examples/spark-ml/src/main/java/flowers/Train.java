package flowers;

import io.kiln.spark.ml.KilnClassifier;
import java.util.Arrays;
import org.apache.spark.ml.Pipeline;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.ml.evaluation.MulticlassClassificationEvaluator;
import org.apache.spark.ml.feature.StandardScaler;
import org.apache.spark.ml.feature.StringIndexer;
import org.apache.spark.ml.feature.VectorAssembler;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.tuning.CrossValidator;
import org.apache.spark.ml.tuning.CrossValidatorModel;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** Finds the better of two networks by cross-validation and saves it: {@code Train TABLE MODEL}. */
public final class Train {
  private Train() {}

  public static void main(String[] args) throws Exception {
    try (SparkSession spark = Flowers.session("train")) {
      Dataset<Row> flowers = Flowers.read(spark, args[0]).cache();

      KilnClassifier classifier =
          new KilnClassifier()
              .setFeaturesCol("scaled")
              .setOptimizer("{type: adam, learning-rate: 0.02}")
              .setBatchSize(32)
              .setEpochs(30);
      Pipeline pipeline =
          new Pipeline()
              .setStages(
                  new PipelineStage[] {
                    new StringIndexer().setInputCol(Flowers.KIND).setOutputCol("label"),
                    new VectorAssembler()
                        .setInputCols(Flowers.numbers(flowers))
                        .setOutputCol("features"),
                    new StandardScaler()
                        .setInputCol("features")
                        .setOutputCol("scaled")
                        .setWithMean(true),
                    classifier
                  });
      ParamMap[] networks = {
        new ParamMap().put(classifier.model(), "{type: mlp, hidden: []}"),
        new ParamMap().put(classifier.model(), "{type: mlp, hidden: [16], activation: tanh}")
      };
      CrossValidatorModel found =
          new CrossValidator()
              .setEstimator(pipeline)
              .setEvaluator(new MulticlassClassificationEvaluator().setMetricName("accuracy"))
              .setEstimatorParamMaps(networks)
              .setNumFolds(2)
              .setParallelism(2)
              .setSeed(1)
              .fit(flowers);
      System.out.println("accuracy of the networks: " + Arrays.toString(found.avgMetrics()));
      if (Arrays.stream(found.avgMetrics()).max().orElse(0) < 0.9) {
        throw new IllegalStateException("the networks have learnt nothing");
      }

      PipelineModel best = (PipelineModel) found.bestModel();
      best.write().overwrite().save(args[1] + "/pipeline");
      best.transform(flowers)
          .select("probability", "prediction")
          .coalesce(1)
          .write()
          .mode("overwrite")
          .parquet(args[1] + "/predictions");
    }
  }
}
