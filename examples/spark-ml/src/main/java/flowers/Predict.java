package flowers;

import java.util.List;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * Loads what {@link Train} saved, in another JVM, and finds the same predictions: {@code Predict
 * TABLE MODEL}.
 */
public final class Predict {
  private Predict() {}

  public static void main(String[] args) throws Exception {
    try (SparkSession spark = Flowers.session("predict")) {
      Dataset<Row> flowers = Flowers.read(spark, args[0]);
      Dataset<Row> answered = PipelineModel.load(args[1] + "/pipeline").transform(flowers);
      answered.select(Flowers.KIND, "prediction", "probability").show(5, false);

      List<Row> now = answered.select("probability", "prediction").collectAsList();
      List<Row> then = spark.read().parquet(args[1] + "/predictions").collectAsList();
      if (now.isEmpty() || !now.equals(then)) {
        throw new IllegalStateException("the predictions differ from those before saving");
      }
      System.out.println(now.size() + " predictions, the same as before saving");
    }
  }
}
