package io.kiln.spark.ml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.kiln.nn.config.ConfigException;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.ml.attribute.AttributeGroup;
import org.apache.spark.ml.attribute.NominalAttribute;
import org.apache.spark.ml.classification.LogisticRegression;
import org.apache.spark.ml.evaluation.MulticlassClassificationEvaluator;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What Spark MLlib asks of its own perceptron, asked of ours; and what is ours alone. */
@Tag("spark")
class KilnClassifierTest {
  private static SparkSession spark;
  private static Dataset<Row> clouds;
  private static KilnClassificationModel model;

  @TempDir private Path folder;

  @BeforeAll
  static void start() {
    spark = Application.start("local[2]");
    clouds = Application.clouds(spark, 240, 3, 1.2, 3).cache();
    model = classifier().fit(clouds);
  }

  @AfterAll
  static void stop() {
    spark.stop();
  }

  private static KilnClassifier classifier() {
    return new KilnClassifier()
        .setModel("{type: mlp, hidden: [16]}")
        .setLearningRate(0.1)
        .setEpochs(15)
        .setBatchSize(32)
        .setSeed(11);
  }

  private static double accuracy(Dataset<Row> predictions) {
    return new MulticlassClassificationEvaluator().setMetricName("accuracy").evaluate(predictions);
  }

  @Test
  void xorIsLearnt() {
    KilnClassificationModel xor =
        new KilnClassifier()
            .setModel("{type: mlp, hidden: [5], activation: tanh}")
            .setOptimizer("{type: adam, learning-rate: 0.05}")
            .setEpochs(300)
            .setSeed(123)
            .fit(Application.xor(spark));
    for (Row row : xor.transform(Application.xor(spark)).collectAsList()) {
      assertThat(row.getDouble(row.fieldIndex("prediction")))
          .isEqualTo(row.getDouble(row.fieldIndex("label")));
    }
    assertThat(xor.numFeatures()).isEqualTo(2);
    assertThat(xor.numClasses()).isEqualTo(2);
  }

  @Test
  void probabilitiesAreThoseOfTheRawPredictionsAndSumToOne() {
    for (Row row : model.transform(clouds).collectAsList()) {
      Vector raw = row.getAs("rawPrediction");
      Vector probability = row.getAs("probability");
      double[] exp = Arrays.stream(raw.toArray()).map(Math::exp).toArray();
      double sum = Arrays.stream(exp).sum();
      for (int i = 0; i < 3; i++) {
        assertThat(probability.apply(i)).isCloseTo(exp[i] / sum, within(1e-9));
      }
      assertThat(Arrays.stream(probability.toArray()).sum()).isCloseTo(1, within(1e-9));
      assertThat((Double) row.getAs("prediction")).isEqualTo(probability.argmax());
    }
  }

  @Test
  void singleRowsHaveTheAnswersOfTheTable() {
    for (Row row : model.transform(clouds).limit(40).collectAsList()) {
      Vector features = row.getAs("features");
      Vector raw = row.getAs("rawPrediction");
      assertThat(model.predict(features)).isEqualTo((Double) row.getAs("prediction"));
      for (int i = 0; i < 3; i++) {
        assertThat(model.predictRaw(features).apply(i)).isCloseTo(raw.apply(i), within(1e-5));
      }
      Vector probability = model.predictProbability(features);
      assertThat(Arrays.stream(probability.toArray()).sum()).isCloseTo(1, within(1e-9));
    }
    assertThatThrownBy(() -> model.predict(Vectors.dense(1, 2)))
        .hasMessage("features: a vector of 2 numbers came but the model needs 4");
  }

  @Test
  void aTestOfTwoClassesOfEquallyLikelyLabelsIsCalibrated() {
    // One feature without information: the probabilities are the shares of the classes.
    List<Row> rows =
        java.util.stream.IntStream.range(0, 400)
            .mapToObj(i -> Application.point(i % 4 == 0 ? 1 : 0, 1))
            .toList();
    KilnClassificationModel shares =
        new KilnClassifier()
            .setModel("{type: mlp, hidden: []}")
            .setLearningRate(0.5)
            .setEpochs(40)
            .fit(Application.points(spark, rows));
    assertThat(shares.predictProbability(Vectors.dense(1)).apply(1)).isCloseTo(0.25, within(0.03));
  }

  @Test
  void itAgreesWithLogisticRegressionOnWhatALinearModelCanTell() {
    Dataset<Row> predictions = model.transform(clouds);
    double theirs = accuracy(new LogisticRegression().fit(clouds).transform(clouds));
    assertThat(accuracy(predictions)).isGreaterThan(theirs - 0.03);
  }

  @Test
  void thresholdsFavourClasses() {
    KilnClassificationModel never =
        model.copy(ParamMap.empty()).setThresholds(new double[] {1, 1e-9, 1});
    assertThat(never.transform(clouds).filter("prediction = 1").count()).isEqualTo(240);
    assertThat(model.transform(clouds).filter("prediction = 1").count()).isBetween(40L, 120L);
    assertThat(never.predict(Vectors.dense(3, 0, 0, 0))).isEqualTo(1);
    KilnClassificationModel wrong =
        model.copy(new ParamMap().put(model.thresholds(), new double[] {0.5, 0.5}));
    assertThatThrownBy(() -> wrong.transform(clouds))
        .hasMessage("thresholds: 2 came but the model has 3 classes; give one each");
  }

  @Test
  void columnsCanBeRenamedAndLeftOut() {
    KilnClassificationModel renamed =
        model
            .copy(ParamMap.empty())
            .setPredictionCol("p")
            .setProbabilityCol("")
            .setRawPredictionCol("");
    assertThat(renamed.transform(clouds).columns()).containsExactly("features", "label", "p");
    assertThat(renamed.setPredictionCol("").transform(clouds).columns())
        .containsExactly("features", "label");
    assertThat(model.transform(clouds).schema().fields())
        .containsExactlyInAnyOrder(model.transformSchema(clouds.schema()).fields());
  }

  @Test
  void columnsKeepTheirMetadataAndTheirIdentity() {
    Dataset<Row> named =
        clouds.withColumn(
            "label",
            functions.col("label"),
            NominalAttribute.defaultAttr()
                .withName("label")
                .withValues(new String[] {"a", "b", "c"})
                .toMetadata());
    Dataset<Row> answered = model.transform(named);
    assertThat(answered.schema().apply("label").metadata())
        .isEqualTo(named.schema().apply("label").metadata());
    assertThat(AttributeGroup.fromStructField(answered.schema().apply("probability")).size())
        .isEqualTo(3);
    assertThat(answered.filter(named.col("label").equalTo(2)).count()).isEqualTo(80);
    assertThat(answered.join(named, "features").count()).isEqualTo(240);
    assertThat(
            model
                .copy(ParamMap.empty())
                .setPredictionCol("p2")
                .setProbabilityCol("")
                .setRawPredictionCol("")
                .transform(answered)
                .filter("p2 <> prediction")
                .count())
        .isZero();
  }

  @Test
  void rowsKeepTheirOrderInPartitionsOfAnySize() {
    Dataset<Row> numbered =
        spark
            .range(0, 5000, 1, 3)
            .selectExpr("id", "array(id * 0.001, 1, 2, 3) as features")
            .toDF();
    List<Row> rows = model.transform(numbered).select("id").collectAsList();
    for (int i = 0; i < 5000; i++) {
      assertThat(rows.get(i).getLong(0)).isEqualTo(i);
    }
    assertThat(model.transform(numbered).limit(7).count()).isEqualTo(7);
    assertThat(model.transform(numbered).coalesce(1).limit(1500).count()).isEqualTo(1500);
    assertThat(model.transform(numbered.filter("id < 0")).count()).isZero();
    Dataset<Row> cached = model.transform(numbered).cache();
    assertThat(cached.count()).isEqualTo(5000);
    assertThat(model.transform(numbered).queryExecution().executedPlan().toString())
        .contains("InMemoryTableScan");
    cached.unpersist();
  }

  @Test
  void labelsFromMetadataCountEvenIfNoRowHasThem() {
    Dataset<Row> four =
        clouds.withColumn(
            "label",
            functions.col("label"),
            NominalAttribute.defaultAttr()
                .withName("label")
                .withValues(new String[] {"a", "b", "c", "d"})
                .toMetadata());
    assertThat(classifier().setEpochs(1).fit(four).numClasses()).isEqualTo(4);
  }

  @Test
  void oneScoreForYesOrNoIsReadAsTwoClasses() {
    KilnClassificationModel binary =
        classifier()
            .setModel("{type: mlp, hidden: [8], outputs: 1}")
            .setLoss("bce")
            .fit(Application.clouds(spark, 200, 2, 0.5, 9));
    Dataset<Row> answered = binary.transform(Application.clouds(spark, 200, 2, 0.5, 10));
    assertThat(accuracy(answered)).isGreaterThan(0.97);
    Row row = answered.head();
    Vector raw = row.getAs("rawPrediction");
    Vector probability = row.getAs("probability");
    assertThat(raw.apply(0)).isEqualTo(-raw.apply(1));
    assertThat(probability.apply(1)).isCloseTo(1 / (1 + Math.exp(-raw.apply(1))), within(1e-12));
  }

  @Test
  void whatCannotBeTrainedIsRefusedInOneLine() {
    Map<String, KilnClassifier> wrong = new TreeMap<>();
    wrong.put("hidden", classifier().setModel("{type: mlp, hidden: [0]}"));
    wrong.put("mlpp", classifier().setModel("mlpp"));
    wrong.put("layers", classifier().setModel("{layers: [{type: dense, units: 7}]}"));
    wrong.put("loss", classifier().setLoss("no-such-loss"));
    wrong.put("optimizer", classifier().setOptimizer("{type: sgd, momentumm: 0.9}"));
    wrong.put("config", classifier().setConfig("{trainn: {}}"));
    wrong.put("dataMemory", classifier().setDataMemory("much"));
    wrong.put("weightCol", classifier().setWeightCol("w"));
    wrong.forEach(
        (what, estimator) ->
            assertThatThrownBy(() -> estimator.fit(clouds))
                .as(what)
                .isInstanceOf(ConfigException.class)
                .hasMessageNotContaining("\n"));
    assertThatThrownBy(() -> classifier().setFeaturesCol("label").fit(clouds))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> classifier().setEpochs(0))
        .isInstanceOf(IllegalArgumentException.class);
    for (double bad : new double[] {-1, 0.5, Double.NaN}) {
      assertThatThrownBy(
              () ->
                  classifier()
                      .fit(
                          Application.points(
                              spark, List.of(Application.point(bad, 1), Application.point(1, 1)))))
          .isInstanceOf(ConfigException.class)
          .hasMessageContaining("1 rows of column 'label' have no whole number from 0 on");
    }
    assertThatThrownBy(() -> classifier().fit(clouds.filter("label = 0")))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("one class");
    assertThatThrownBy(() -> classifier().fit(clouds.filter("label = 7")))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("no rows");
  }

  @Test
  void everyParameterIsExplainedAndHasItsDefault() {
    KilnClassifier plain = new KilnClassifier();
    List<String> names = Arrays.stream(plain.params()).map(Param::name).toList();
    assertThat(names)
        .contains(
            "featuresCol",
            "labelCol",
            "weightCol",
            "validationIndicatorCol",
            "predictionCol",
            "probabilityCol",
            "rawPredictionCol",
            "thresholds",
            "model",
            "loss",
            "optimizer",
            "learningRate",
            "epochs",
            "batchSize",
            "numWorkers",
            "seed",
            "outputDir");
    for (Param<?> param : plain.params()) {
      assertThat(param.doc()).as(param.name()).isNotBlank();
      assertThat(param.parent()).isEqualTo(plain.uid());
      assertThat(plain.explainParams()).contains(param.name() + ": ");
    }
    assertThat(plain.getEpochs()).isEqualTo(10);
    assertThat(plain.getBatchSize()).isEqualTo(128);
    assertThat(plain.getNumWorkers()).isEqualTo(1);
    assertThat(plain.getSeed()).isEqualTo(1);
    assertThat(plain.getLoss()).isEqualTo("softmax-cross-entropy");
    assertThat(plain.getOutputDir()).isEmpty();
    assertThat(plain.uid()).startsWith("kilnClassifier_");
    assertThat(new KilnClassifier("mine").uid()).isEqualTo("mine");
  }

  @Test
  void copiesAreEqualAndApart() {
    KilnClassifier original = classifier().setThresholds(new double[] {1, 2, 3});
    KilnClassifier copy = original.copy(new ParamMap().put(original.epochs(), (Object) 77));
    assertThat(copy.uid()).isEqualTo(original.uid());
    assertThat(copy.getEpochs()).isEqualTo(77);
    assertThat(original.getEpochs()).isEqualTo(15);
    assertThat(copy.getThresholds()).containsExactly(1, 2, 3);
    KilnClassificationModel copied = model.copy(ParamMap.empty());
    assertThat(copied.uid()).isEqualTo(model.uid());
    assertThat(copied.parent()).isSameAs(model.parent());
    assertThat(copied.getEpochs()).isEqualTo(15);
    assertThat(copied.hasSummary()).isTrue();
  }

  @Test
  void theSummaryTellsOfEveryEpoch() {
    KilnTrainingSummary summary = model.summary();
    assertThat(model.hasSummary()).isTrue();
    assertThat(summary.totalIterations()).isEqualTo(15);
    assertThat(summary.objectiveHistory()).hasSize(15);
    assertThat(summary.objectiveHistory()[14]).isLessThan(summary.objectiveHistory()[0]);
    assertThat(summary.trainRows()).isEqualTo(240);
    assertThat(summary.validationRows()).isZero();
  }

  @Test
  void savedAndLoadedTheyAreTheSame() throws Exception {
    String at = folder.resolve("model").toString();
    model.setThresholds(new double[] {1, 2, 1}).save(at);
    assertThatThrownBy(() -> model.save(at)).hasMessageContaining("already exists");
    model.write().overwrite().save(at);
    KilnClassificationModel loaded = KilnClassificationModel.load(at);
    assertThat(loaded.uid()).isEqualTo(model.uid());
    assertThat(loaded.getThresholds()).containsExactly(1, 2, 1);
    assertThat(loaded.getModel()).isEqualTo(model.getModel());
    assertThat(loaded.hasSummary()).isFalse();
    assertThatThrownBy(loaded::summary).isInstanceOf(IllegalStateException.class);
    assertThat(loaded.transform(clouds).collectAsList())
        .isEqualTo(model.transform(clouds).collectAsList());
    model.clear(model.thresholds());
    String estimator = folder.resolve("estimator").toString();
    KilnClassifier saved = classifier().setOutputDir("x");
    saved.save(estimator);
    KilnClassifier read = KilnClassifier.load(estimator);
    assertThat(read.uid()).isEqualTo(saved.uid());
    assertThat(read.extractParamMap().toSeq().size())
        .isEqualTo(saved.extractParamMap().toSeq().size());
    assertThat(read.getModel()).isEqualTo(saved.getModel());
  }

  @Test
  void theSameRowsGiveTheSameModelHoweverTheyArePartitioned() {
    KilnClassificationModel again =
        classifier().fit(clouds.orderBy(functions.rand(4)).repartition(5));
    assertThat(again.transform(clouds).collectAsList())
        .isEqualTo(model.transform(clouds).collectAsList());
  }

  @Test
  void weightsCountAndHeldBackRowsDoNot() {
    Dataset<Row> marked =
        clouds
            .withColumn("held", functions.col("label").equalTo(2))
            .withColumn(
                "weight", functions.when(functions.col("label").equalTo(1), 0).otherwise(2));
    KilnClassificationModel held = classifier().setValidationIndicatorCol("held").fit(marked);
    assertThat(held.summary().validationRows()).isEqualTo(80);
    assertThat(held.summary().trainRows()).isEqualTo(160);
    assertThat(held.summary().validationHistory()[14]).isGreaterThan(1);
    assertThat(held.transform(marked).filter("prediction = 2").count()).isLessThan(20);
    KilnClassificationModel weighted = classifier().setWeightCol("weight").fit(marked);
    assertThat(weighted.transform(marked).filter("prediction = 1").count()).isLessThan(20);
    KilnClassificationModel fraction =
        classifier().setValidationFraction(0.25).setPatience(2).setEpochs(200).fit(clouds);
    assertThat(fraction.summary().validationRows()).isBetween(30L, 90L);
    assertThat(fraction.summary().totalIterations()).isLessThan(200);
  }

  @Test
  void nothingIsPrinted() {
    PrintStream before = System.out;
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
    try {
      classifier().setEpochs(1).fit(clouds).transform(clouds).count();
    } finally {
      System.setOut(before);
    }
    assertThat(printed.toString(StandardCharsets.UTF_8)).isEmpty();
  }
}
