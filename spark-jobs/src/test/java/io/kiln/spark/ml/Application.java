package io.kiln.spark.ml;

import io.kiln.spark.cluster.TestSpark;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** Somebody's application, which has none of Kiln's settings, and tables for it. */
final class Application {
  static final StructType POINTS =
      new StructType()
          .add("features", SQLDataTypes.VectorType(), false)
          .add("label", DataTypes.DoubleType, false);

  private Application() {}

  static SparkSession start(String master) {
    return SparkSession.builder()
        .master(master)
        .appName("somebody's")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.shuffle.partitions", "3")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.executor.memory", "512m")
        .config("spark.executor.extraClassPath", TestSpark.ownClasses())
        .config("spark.executorEnv.SPARK_LOCAL_IP", "127.0.0.1")
        .getOrCreate();
  }

  static Dataset<Row> points(SparkSession spark, List<Row> rows) {
    return spark.createDataFrame(rows, POINTS);
  }

  static Row point(double label, double... features) {
    return RowFactory.create(Vectors.dense(features), label);
  }

  static Dataset<Row> xor(SparkSession spark) {
    return points(spark, List.of(point(0, 0, 0), point(1, 0, 1), point(1, 1, 0), point(0, 1, 1)));
  }

  /** Clouds around (3, 0, …), (0, 3, 0, …), … one a class. */
  static Dataset<Row> clouds(SparkSession spark, int rows, int classes, double spread, long seed) {
    Random random = new Random(seed);
    List<Row> made = new ArrayList<>();
    for (int i = 0; i < rows; i++) {
      int label = i % classes;
      double[] x = new double[classes + 1];
      for (int j = 0; j < x.length; j++) {
        x[j] = (j == label ? 3 : 0) + spread * random.nextGaussian();
      }
      made.add(point(label, x));
    }
    return points(spark, made);
  }
}
