package io.kiln.spark.ml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.kiln.nn.config.ConfigException;
import java.nio.file.Path;
import org.apache.spark.ml.evaluation.RegressionEvaluator;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("spark")
class KilnRegressorTest {
  private static SparkSession spark;
  private static Dataset<Row> rows;

  @TempDir private Path folder;

  @BeforeAll
  static void start() {
    spark = Application.start("local[2]");
    rows =
        spark
            .range(0, 400, 1, 2)
            .selectExpr("(id % 20) / 10.0 - 1 as a", "(id div 20) / 10.0 - 1 as b")
            .selectExpr(
                "array(a, b) as features",
                "cast(2 * a - b + 0.5 as double) as label",
                "array(cast(a as float), cast(b * 2 as float), cast(1 as float)) as labels")
            .cache();
  }

  @AfterAll
  static void stop() {
    spark.stop();
  }

  private static KilnRegressor regressor() {
    return new KilnRegressor()
        .setModel("{type: mlp, hidden: []}")
        .setOptimizer("{type: adam, learning-rate: 0.05}")
        .setEpochs(60)
        .setBatchSize(64);
  }

  @Test
  void oneNumberIsLearntFromArraysOfFeatures() throws Exception {
    KilnRegressionModel model = regressor().fit(rows);
    Dataset<Row> answered = model.transform(rows);
    assertThat(new RegressionEvaluator().setMetricName("rmse").evaluate(answered)).isLessThan(0.05);
    assertThat(answered.schema().apply("prediction").dataType()).isEqualTo(DataTypes.DoubleType);
    assertThat(model.predict(Vectors.dense(0.5, 0.5))).isCloseTo(1, within(0.1));
    assertThat(model.numFeatures()).isEqualTo(2);
    String at = folder.resolve("model").toString();
    model.save(at);
    KilnRegressionModel loaded = KilnRegressionModel.load(at);
    assertThat(loaded.transform(rows).collectAsList()).isEqualTo(answered.collectAsList());
    assertThat(loaded.copy(ParamMap.empty()).numOutputs()).isEqualTo(1);
  }

  @Test
  void severalNumbersAreLearntTogether() throws Exception {
    KilnRegressor several = regressor().setLabelCol("labels");
    KilnRegressionModel model = several.fit(rows);
    assertThat(model.numOutputs()).isEqualTo(3);
    assertThat(model.parent()).isSameAs(several);
    Dataset<Row> answered = model.transform(rows);
    assertThat(answered.schema().apply("prediction").dataType())
        .isEqualTo(SQLDataTypes.VectorType());
    assertThat(several.transformSchema(rows.schema()).apply("prediction").dataType())
        .isEqualTo(SQLDataTypes.VectorType());
    assertThat(model.predictAll(Vectors.dense(0.5, -0.5)).toArray())
        .containsExactly(new double[] {0.5, -1, 1}, within(0.15));
    assertThatThrownBy(() -> model.predict(Vectors.dense(0, 0)))
        .hasMessageContaining("use predictAll");
    String at = folder.resolve("several").toString();
    model.save(at);
    Row row = KilnRegressionModel.load(at).transform(rows).head();
    assertThat((Vector) row.getAs("prediction")).isEqualTo(answered.head().getAs("prediction"));
    KilnFunctions.register(spark, "several", at);
    assertThat(rows.selectExpr("several(features)[2] as third").head().getDouble(0))
        .isCloseTo(1, within(0.2));
  }

  @Test
  void whatIsNoRegressionIsRefused() {
    assertThatThrownBy(() -> regressor().setLoss("softmax-cross-entropy").fit(rows))
        .isInstanceOf(ConfigException.class);
    assertThatThrownBy(() -> regressor().fit(rows.selectExpr("features", "'x' as label")))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> regressor().fit(rows.filter("label > 100")))
        .hasMessageContaining("no rows");
  }
}
