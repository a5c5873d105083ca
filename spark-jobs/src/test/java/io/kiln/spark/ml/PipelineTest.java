package io.kiln.spark.ml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.kiln.nn.config.ConfigException;
import io.kiln.spark.report.RunFolder;
import io.kiln.spark.report.RunReport;
import io.kiln.spark.store.HadoopStorage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.apache.spark.ml.Pipeline;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.ml.evaluation.MulticlassClassificationEvaluator;
import org.apache.spark.ml.feature.StandardScaler;
import org.apache.spark.ml.feature.StringIndexer;
import org.apache.spark.ml.feature.VectorAssembler;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.tuning.CrossValidator;
import org.apache.spark.ml.tuning.CrossValidatorModel;
import org.apache.spark.ml.tuning.ParamGridBuilder;
import org.apache.spark.ml.tuning.TrainValidationSplit;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.streaming.StreamingQuery;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Kiln among other people's stages: pipelines, cross-validation, streams, SQL. */
@Tag("spark")
@Timeout(600)
class PipelineTest {
  private SparkSession spark;

  @TempDir private Path folder;

  @BeforeEach
  void start() {
    spark = Application.start("local[2]");
  }

  @AfterEach
  void stop() {
    spark.stop();
  }

  /** Flowers of three kinds with columns a … d and a name. */
  private Dataset<Row> flowers(int rows) {
    Random random = new Random(2);
    List<Row> made = new ArrayList<>();
    for (int i = 0; i < rows; i++) {
      int kind = i % 3;
      made.add(
          RowFactory.create(
              4.9 + kind * 0.8 + 0.4 * random.nextGaussian(),
              3 + 0.3 * random.nextGaussian(),
              1.4 + kind * 2 + 0.3 * random.nextGaussian(),
              0.2 + kind * 0.9 + 0.2 * random.nextGaussian(),
              "kind-" + kind));
    }
    return spark.createDataFrame(made, schema("a", "b", "c", "d"));
  }

  private static StructType schema(String... numbers) {
    StructType schema = new StructType();
    for (String name : numbers) {
      schema = schema.add(name, DataTypes.DoubleType);
    }
    return schema.add("name", DataTypes.StringType);
  }

  private static KilnClassifier classifier() {
    return new KilnClassifier()
        .setFeaturesCol("scaled")
        .setModel("{type: mlp, hidden: [16]}")
        .setOptimizer("{type: adam, learning-rate: 0.02}")
        .setBatchSize(32)
        .setEpochs(20);
  }

  private static Pipeline pipeline(Dataset<Row> table, KilnClassifier classifier) {
    String[] numbers =
        Arrays.stream(table.columns()).filter(c -> !c.equals("name")).toArray(String[]::new);
    return new Pipeline()
        .setStages(
            new PipelineStage[] {
              new StringIndexer().setInputCol("name").setOutputCol("label"),
              new VectorAssembler().setInputCols(numbers).setOutputCol("features"),
              new StandardScaler().setInputCol("features").setOutputCol("scaled").setWithMean(true),
              classifier
            });
  }

  private static CrossValidator crossValidator(Pipeline pipeline, KilnClassifier classifier) {
    return new CrossValidator()
        .setEstimator(pipeline)
        .setEvaluator(new MulticlassClassificationEvaluator().setMetricName("accuracy"))
        .setEstimatorParamMaps(
            new ParamGridBuilder()
                .addGrid(
                    classifier.model(),
                    scala.jdk.javaapi.CollectionConverters.asScala(
                        List.of("{type: mlp, hidden: []}", "{type: mlp, hidden: [16]}")))
                .build())
        .setNumFolds(2)
        .setSeed(5)
        .setParallelism(2);
  }

  private void crossValidates(Dataset<Row> table, double least) throws Exception {
    KilnClassifier classifier = classifier();
    CrossValidatorModel found = crossValidator(pipeline(table, classifier), classifier).fit(table);
    assertThat(Arrays.stream(found.avgMetrics()).max().orElseThrow()).isGreaterThan(least);
    PipelineModel best = (PipelineModel) found.bestModel();
    String at = folder.resolve("best").toString();
    best.save(at);
    List<Row> before = best.transform(table).select("prediction", "probability").collectAsList();
    found.save(folder.resolve("cv").toString());
    table.write().parquet(folder.resolve("table").toString());
    stop();
    start();
    Dataset<Row> again = spark.read().parquet(folder.resolve("table").toString());
    PipelineModel loaded = PipelineModel.load(at);
    List<Row> after = loaded.transform(again).select("prediction", "probability").collectAsList();
    assertThat(after).containsExactlyInAnyOrderElementsOf(before);
    assertThat(CrossValidatorModel.load(folder.resolve("cv").toString()).avgMetrics())
        .isEqualTo(found.avgMetrics());
  }

  @Test
  void aPipelineIsCrossValidatedSavedAndLoaded() throws Exception {
    crossValidates(flowers(150), 0.93);
  }

  @Test
  void soAreIrisAndWine() throws Exception {
    String root = System.getenv("KILN_DATA");
    assumeTrue(root != null, "skipped: KILN_DATA is not set; it would have tabular/iris.csv");
    Path iris = Path.of(root, "tabular", "iris.csv");
    Path wine = Path.of(root, "tabular", "wine.csv");
    assumeTrue(Files.exists(iris) && Files.exists(wine), "skipped: KILN_DATA has no iris or wine");
    crossValidates(
        spark.read().schema(schema("a", "b", "c", "d")).csv(iris.toString()).na().drop(), 0.93);
    folder = Files.createTempDirectory(folder, "wine");
    String[] columns = new String[13];
    Arrays.setAll(columns, i -> "x" + i);
    crossValidates(spark.read().schema(schema(columns)).csv(wine.toString()).na().drop(), 0.95);
  }

  @Test
  void trainValidationSplitTakesIt() {
    Dataset<Row> table = flowers(120);
    KilnClassifier classifier = classifier();
    var model =
        new TrainValidationSplit()
            .setEstimator(pipeline(table, classifier))
            .setEvaluator(new MulticlassClassificationEvaluator())
            .setEstimatorParamMaps(
                new ParamMap[] {
                  new ParamMap().put(classifier.epochs(), (Object) 1),
                  new ParamMap().put(classifier.epochs(), (Object) 20)
                })
            .setParallelism(2)
            .setSeed(3)
            .fit(table);
    assertThat(model.validationMetrics()[1]).isGreaterThan(model.validationMetrics()[0]);
  }

  @Test
  void fitsOfTwoWorkersFromTwoThreadsTakeTurns() {
    Dataset<Row> points = Application.clouds(spark, 240, 3, 1, 4).cache();
    KilnClassifier two =
        classifier().setFeaturesCol("features").setNumWorkers(2).setBatchSize(64).setEpochs(5);
    CompletableFuture<KilnClassificationModel> first =
        CompletableFuture.supplyAsync(() -> two.fit(points));
    CompletableFuture<KilnClassificationModel> second =
        CompletableFuture.supplyAsync(() -> two.fit(points));
    assertThat(first.join().transform(points).collectAsList())
        .isEqualTo(second.join().transform(points).collectAsList());
    assertThatThrownBy(() -> two.copy(ParamMap.empty()).setNumWorkers(9).fit(points))
        .hasMessageContaining("9 workers need one each");
  }

  @Test
  void outputDirHasTheReportAndTheCheckpointsOfEachFit() throws Exception {
    Dataset<Row> points = Application.clouds(spark, 120, 2, 1, 6);
    KilnClassifier classifier =
        classifier()
            .setFeaturesCol("features")
            .setEpochs(2)
            .setOutputDir(folder.resolve("run").toString());
    KilnClassificationModel model = classifier.fit(points);
    classifier.fit(points);
    RunReport report = RunFolder.read(new HadoopStorage(), folder.resolve("run").toString());
    assertThat(report.status()).isEqualTo(RunReport.Status.SUCCEEDED);
    assertThat(report.history()).hasSize(2);
    assertThat(report.history().get(1).trainLoss())
        .isEqualTo(model.summary().objectiveHistory()[1]);
    assertThat(folder.resolve("run/report.html")).exists();
    assertThat(folder.resolve("run/checkpoints")).isNotEmptyDirectory();
    try (var runs = Files.list(folder)) {
      assertThat(runs.filter(run -> Files.exists(run.resolve("report.json")))).hasSize(2);
    }
  }

  @Test
  void streamsAreAnswered() throws Exception {
    Dataset<Row> points = Application.clouds(spark, 200, 2, 1, 6);
    KilnClassificationModel model =
        classifier().setFeaturesCol("features").setEpochs(5).fit(points);
    String in = folder.resolve("in").toString();
    points.repartition(3).write().parquet(in);
    Dataset<Row> stream =
        model
            .transform(
                spark
                    .readStream()
                    .schema(Application.POINTS)
                    .option("maxFilesPerTrigger", 1)
                    .parquet(in))
            .filter("prediction = 1")
            .select("features", "prediction", "probability");
    assertThat(stream.isStreaming()).isTrue();
    StreamingQuery query =
        stream
            .writeStream()
            .format("parquet")
            .option("checkpointLocation", folder.resolve("checkpoints").toString())
            .trigger(org.apache.spark.sql.streaming.Trigger.AvailableNow())
            .start(folder.resolve("out").toString());
    query.awaitTermination();
    assertThat(spark.read().parquet(folder.resolve("out").toString()).collectAsList())
        .containsExactlyInAnyOrderElementsOf(
            model
                .transform(points)
                .filter("prediction = 1")
                .select("features", "prediction", "probability")
                .collectAsList());
  }

  @Test
  void aModelIsAFunctionOfSql() throws Exception {
    Dataset<Row> points = Application.clouds(spark, 200, 3, 1, 8);
    KilnClassificationModel model =
        classifier().setFeaturesCol("features").setEpochs(5).fit(points);
    String at = folder.resolve("model").toString();
    model.save(at);
    KilnFunctions.register(spark, "cloud", at);
    points.createOrReplaceTempView("points");
    List<Row> rows =
        spark
            .sql(
                "SELECT features, answer.prediction, answer.probability FROM"
                    + " (SELECT features, cloud(features) AS answer FROM points)")
            .collectAsList();
    for (Row row : rows) {
      Vector features = row.getAs(0);
      assertThat(row.getDouble(1)).isEqualTo(model.predict(features));
      List<Double> probability = row.getList(2);
      assertThat(probability.stream().mapToDouble(p -> p).toArray())
          .isEqualTo(model.predictProbability(features).toArray());
    }
    assertThat(spark.sql("SELECT cloud(array(3, 0, 0, 0)).prediction").head().getDouble(0))
        .isZero();
    assertThat(spark.sql("SELECT cloud(null)").head().isNullAt(0)).isTrue();
  }

  @Test
  void pretrainedWeightsAreWhereTrainingBegins() throws Exception {
    Dataset<Row> points = Application.clouds(spark, 200, 3, 0.5, 8);
    KilnClassifier classifier =
        classifier().setFeaturesCol("features").setModel("{type: mlp, hidden: [16]}");
    classifier.fit(points).save(folder.resolve("model").toString());
    String weights = folder.resolve("model/model/model.safetensors").toString();
    KilnClassificationModel continued =
        classifier
            .setModel("{type: mlp, hidden: [16], weights: {path: '" + weights + "'}}")
            .setLearningRate(1e-9)
            .setEpochs(1)
            .fit(points);
    assertThat(
            new MulticlassClassificationEvaluator()
                .setMetricName("accuracy")
                .evaluate(continued.transform(points)))
        .isGreaterThan(0.95);
    assertThatThrownBy(
            () ->
                classifier
                    .setModel("{type: mlp, hidden: [8], weights: {path: '" + weights + "'}}")
                    .fit(points))
        .isInstanceOf(ConfigException.class);
  }
}
