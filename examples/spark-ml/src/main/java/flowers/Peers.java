package flowers;

import io.kiln.nn.Data;
import io.kiln.nn.Kiln;
import io.kiln.nn.config.Yaml;
import io.kiln.nn.data.Batch;
import io.kiln.nn.data.TargetScale;
import io.kiln.nn.tensor.DType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.fs.FileUtil;
import org.apache.spark.ml.Predictor;
import org.apache.spark.ml.classification.LogisticRegression;
import org.apache.spark.ml.classification.MultilayerPerceptronClassifier;
import org.apache.spark.ml.classification.RandomForestClassifier;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.linalg.VectorUDT;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.ml.regression.GBTRegressor;
import org.apache.spark.ml.regression.LinearRegression;
import org.apache.spark.ml.regression.RandomForestRegressor;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;

/**
 * A run of {@code kiln train} beside Spark MLlib on exactly the same rows: {@code Peers CONF DATA
 * RUN}. The recipe reads, fills in and standardises the table; of each kind of model of MLlib's
 * that one is tested which is best on the validation part.
 */
public final class Peers {
  private Peers() {}

  public static void main(String[] args) throws Exception {
    Map<String, Object> section = section(Files.readString(Path.of(args[0])), Path.of(args[1]));
    Data data = Kiln.data(section);
    int classes = data.test().spec().classes();
    double[][] answers = Kiln.load(Path.of(args[2])).predict(data.test());
    List<double[]> kiln = new ArrayList<>();
    List<Row> test = rows(data.test());
    for (int i = 0; i < answers.length; i++) {
      kiln.add(new double[] {answer(answers[i], classes), test.get(i).getDouble(0)});
    }
    System.out.printf("%d test rows%n%-20s %.4f%n", kiln.size(), "Kiln", error(kiln, classes));
    try (SparkSession spark = Flowers.session("peers")) {
      // Boosted trees hang on all trees before them unless those are cut off now and then.
      Path cut = Files.createTempDirectory("peers");
      Runtime.getRuntime().addShutdownHook(new Thread(() -> FileUtil.fullyDelete(cut.toFile())));
      spark.sparkContext().setCheckpointDir(cut.toUri().toString());
      Dataset<Row> train = table(spark, rows(data.train()));
      Dataset<Row> validation = table(spark, rows(data.validation()));
      Dataset<Row> held = table(spark, test);
      int columns = data.test().spec().inputs().get(0).count();
      for (var kind : kinds(classes, columns).entrySet()) {
        double least = Double.POSITIVE_INFINITY;
        double tested = 0;
        for (Predictor<Vector, ?, ?> one : kind.getValue()) {
          var model = (org.apache.spark.ml.PredictionModel<?, ?>) one.fit(train);
          double now = error(pairs(model.transform(validation)), classes);
          if (now < least) {
            least = now;
            tested = error(pairs(model.transform(held)), classes);
          }
        }
        System.out.printf("%-20s %.4f  (validation %.4f)%n", kind.getKey(), tested, least);
      }
    }
  }

  private static Map<String, List<Predictor<Vector, ?, ?>>> kinds(int classes, int columns) {
    Map<String, List<Predictor<Vector, ?, ?>>> kinds = new LinkedHashMap<>();
    for (double penalty : new double[] {0, 0.001, 0.01, 0.1}) {
      add(
          kinds,
          "linear",
          classes == 0
              ? new LinearRegression().setRegParam(penalty)
              : new LogisticRegression().setRegParam(penalty));
    }
    for (int depth : new int[] {5, 10}) {
      add(
          kinds,
          "random forest",
          classes == 0
              ? new RandomForestRegressor().setNumTrees(100).setMaxDepth(depth).setSeed(1)
              : new RandomForestClassifier().setNumTrees(100).setMaxDepth(depth).setSeed(1));
      if (classes == 0) { // MLlib boosts trees for two classes only
        add(kinds, "boosted trees", new GBTRegressor().setMaxIter(80).setMaxDepth(depth - 2));
      } else {
        int[] layers = {columns, 4 * (depth - 1), classes};
        add(kinds, "perceptron", new MultilayerPerceptronClassifier().setLayers(layers).setSeed(1));
      }
    }
    return kinds;
  }

  private static void add(
      Map<String, List<Predictor<Vector, ?, ?>>> kinds, String kind, Predictor<Vector, ?, ?> one) {
    kinds.computeIfAbsent(kind, name -> new ArrayList<>()).add(one);
  }

  /** The section data of a recipe, its path below the folder of data sets. */
  private static Map<String, Object> section(String recipe, Path root) {
    Map<String, Object> section = new LinkedHashMap<>();
    ((Map<?, ?>) Yaml.sections("recipe", recipe).get("data"))
        .forEach((key, value) -> section.put(key.toString(), value));
    section.put("path", root.resolve(section.get("path").toString()).toString());
    return section;
  }

  /** The label and the features of each sample. */
  private static List<Row> rows(io.kiln.nn.data.Dataset samples) {
    List<Row> rows = new ArrayList<>();
    Batch one = Batch.of(samples.spec(), 1, DType.FLOAT64);
    TargetScale scale = samples.spec().scale(); // a regression learns scaled numbers
    for (int i = 0; i < samples.size(); i++) {
      samples.read(i, one, 0);
      double label = scale.number(one.target().get(0));
      rows.add(RowFactory.create(label, Vectors.dense(one.input(0).toArray())));
    }
    return rows;
  }

  private static Dataset<Row> table(SparkSession spark, List<Row> rows) {
    StructType columns = new StructType().add("label", "double").add("features", new VectorUDT());
    return spark.createDataFrame(rows, columns).repartition(2).cache();
  }

  private static List<double[]> pairs(Dataset<Row> answered) {
    return answered.select("prediction", "label").collectAsList().stream()
        .map(row -> new double[] {row.getDouble(0), row.getDouble(1)})
        .toList();
  }

  private static double answer(double[] output, int classes) {
    int best = 0;
    for (int i = 1; i < output.length; i++) {
      best = output[i] > output[best] ? i : best;
    }
    return classes == 0 ? output[0] : best;
  }

  /** The root of the mean squared error, or the share of wrong classes. */
  private static double error(List<double[]> pairs, int classes) {
    double sum = 0;
    for (double[] pair : pairs) {
      sum += classes > 0 ? (pair[0] == pair[1] ? 0 : 1) : Math.pow(pair[0] - pair[1], 2);
    }
    return classes > 0 ? sum / pairs.size() : Math.sqrt(sum / pairs.size());
  }
}
