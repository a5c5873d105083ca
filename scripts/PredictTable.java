import io.kiln.nn.config.Settings;
import io.kiln.nn.data.SampleSpec;
import io.kiln.nn.layer.Network;
import io.kiln.nn.tensor.DType;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.zoo.Models;
import io.kiln.spark.SparkDefaults;
import io.kiln.nn.model.ModelFolder;
import io.kiln.spark.model.OutputReading;
import io.kiln.spark.score.Predictions;
import io.kiln.spark.score.TableScoring;
import io.kiln.spark.shards.GivenTable;
import io.kiln.spark.store.HadoopStorage;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.spark.SparkConf;
import org.apache.spark.ml.classification.MultilayerPerceptronClassificationModel;
import org.apache.spark.ml.classification.MultilayerPerceptronClassifier;
import org.apache.spark.ml.feature.VectorAssembler;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;

/**
 * Rows a second from Parquet to Parquet, Kiln's way of {@code kiln predict} against MLlib's perceptron, on the same
 * rows, in one process and in turn: {@code scripts/predict-table [ROWS [ROUNDS [MASTER [FOLDER]]]]}.
 *
 * <p>28 columns of doubles, a network 28-64-2; both write a class and its probabilities, Kiln an Id too.
 */
public final class PredictTable {
  private static final int COLUMNS = 28;

  private PredictTable() {}

  public static void main(String[] args) throws Exception {
    long rows = args.length > 0 ? Long.parseLong(args[0]) : 10_000_000;
    int rounds = args.length > 1 ? Integer.parseInt(args[1]) : 3;
    String master = args.length > 2 ? args[2] : "local[2]";
    Path folder = args.length > 3 ? Path.of(args[3]) : Files.createTempDirectory("predict-table");
    SparkConf conf =
        SparkDefaults.apply(new SparkConf().setMaster(master).setAppName("predict-table"))
            // MLlib's own classes are not on Kiln's list of classes.
            .set("spark.kryo.registrationRequired", "false")
            .set("spark.ui.enabled", "false");
    try (SparkSession spark = SparkSession.builder().config(conf).getOrCreate()) {
      String table = folder.resolve("table-" + rows).toString();
      if (!Files.exists(Path.of(table, "_SUCCESS"))) {
        table(spark, rows).write().parquet(table);
      }
      System.out.printf(Locale.ROOT, "%d rows of %d doubles, %s, JDK %s%n", rows, COLUMNS, master, Runtime.version());
      MultilayerPerceptronClassificationModel theirs = theirs(spark, table);
      Path ours = ours(folder);
      List<Double> ratios = new ArrayList<>();
      List<Double> cpuRatios = new ArrayList<>();
      for (int round = 0; round < rounds; round++) {
        Path answers = folder.resolve("kiln-" + System.nanoTime());
        Path answered = folder.resolve("mllib-" + System.nanoTime());
        Time kiln = time(() -> kiln(spark, ours, table, answers));
        long peak = peak();
        if (Boolean.getBoolean("predict.alone")) {
          System.out.printf(Locale.ROOT, "kiln %.2f s, %.2f us of CPU a row%n", kiln.wall, 1e6 * kiln.cpu / rows);
          delete(answers);
          continue;
        }
        Time mllib = time(() -> mllib(spark, theirs, table, answered));
        ratios.add(mllib.wall / kiln.wall);
        cpuRatios.add(mllib.cpu / kiln.cpu);
        System.out.printf(
            Locale.ROOT,
            "kiln %.0f rows/s (%.2f us of CPU a row), heap at most %d MB; mllib %.0f rows/s (%.2f us); ratio %.2f, of CPU %.2f%n",
            rows / kiln.wall,
            1e6 * kiln.cpu / rows,
            peak >> 20,
            rows / mllib.wall,
            1e6 * mllib.cpu / rows,
            mllib.wall / kiln.wall,
            mllib.cpu / kiln.cpu);
        delete(answers);
        delete(answered);
      }
      if (ratios.isEmpty()) {
        return;
      }
      System.out.printf(Locale.ROOT, "median ratio %.2f, of CPU %.2f%n", median(ratios), median(cpuRatios));
    }
  }

  private static double median(List<Double> numbers) {
    Collections.sort(numbers);
    return numbers.get(numbers.size() / 2);
  }

  private static void delete(Path folder) throws Exception {
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path file : all.sorted(Collections.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  private record Time(double wall, double cpu) {}

  private interface Work {
    void run() throws Exception;
  }

  private static Time time(Work work) throws Exception {
    var system = (com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    System.gc();
    for (MemoryPoolMXBean pool : ManagementFactory.getMemoryPoolMXBeans()) {
      pool.resetPeakUsage();
    }
    long cpu = system.getProcessCpuTime();
    long start = System.nanoTime();
    work.run();
    return new Time((System.nanoTime() - start) / 1e9, (system.getProcessCpuTime() - cpu) / 1e9);
  }

  private static long peak() {
    return ManagementFactory.getMemoryPoolMXBeans().stream()
        .filter(pool -> pool.getType() == MemoryType.HEAP)
        .mapToLong(pool -> pool.getPeakUsage().getUsed())
        .sum();
  }

  private static List<String> names() {
    return IntStream.range(0, COLUMNS).mapToObj(i -> "x" + i).toList();
  }

  private static Dataset<Row> table(SparkSession spark, long rows) {
    Column[] columns =
        IntStream.range(0, COLUMNS)
            .mapToObj(i -> functions.randn(i).as("x" + i))
            .toArray(Column[]::new);
    return spark.range(rows).select(columns);
  }

  private static Dataset<Row> assembled(Dataset<Row> table) {
    return new VectorAssembler()
        .setInputCols(names().toArray(String[]::new))
        .setOutputCol("features")
        .transform(table);
  }

  private static MultilayerPerceptronClassificationModel theirs(SparkSession spark, String table) {
    Dataset<Row> some =
        assembled(spark.read().parquet(table).limit(2000)).withColumn("label", functions.expr("if(x0 > 0, 1.0, 0.0)"));
    return new MultilayerPerceptronClassifier().setLayers(new int[] {COLUMNS, 64, 2}).setMaxIter(2).fit(some);
  }

  private static void mllib(
      SparkSession spark, MultilayerPerceptronClassificationModel model, String table, Path out) {
    model
        .transform(assembled(spark.read().parquet(table)))
        .select("prediction", "probability")
        .write()
        .parquet(out.toString());
  }

  private static Path ours(Path folder) throws Exception {
    Map<String, Object> model = Map.of("type", "mlp", "hidden", List.of(64), "activation", "sigmoid");
    Map<String, Object> loss = Map.of("type", "softmax-cross-entropy");
    SampleSpec spec = SampleSpec.classification(Shape.of(COLUMNS), 2);
    Network network = Network.of(Models.from(Settings.of("model", model), spec), spec, DType.FLOAT32, 1);
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("format", "parquet");
    data.put("features", names());
    data.put("fill", Collections.nCopies(COLUMNS, 0.0));
    data.put("mean", Collections.nCopies(COLUMNS, 0.0));
    data.put("deviation", Collections.nCopies(COLUMNS, 1.0));
    data.put("class-names", List.of("0", "1"));
    Path place = folder.resolve("model-" + System.nanoTime());
    ModelFolder.write(new HadoopStorage(), place.toString(), network, model, loss, data);
    return place;
  }

  private static void kiln(SparkSession spark, Path folder, String table, Path out) throws Exception {
    HadoopStorage storage = new HadoopStorage();
    ModelFolder.Loaded loaded = ModelFolder.read(storage, folder.toString());
    Map<String, Object> data = new LinkedHashMap<>(loaded.data());
    data.put("path", table);
    GivenTable given = GivenTable.of(spark, data, loaded.network().spec(), GivenTable.Use.PREDICT);
    Predictions predictions =
        new Predictions(
            OutputReading.of(loaded),
            new ArrayList<>(Arrays.asList("0", "1")),
            new ArrayList<>(),
            "Prediction",
            0,
            true);
    try (TableScoring scoring = new TableScoring(spark, storage, folder.toString(), loaded, given)) {
      scoring.parquet(predictions, out.toString());
    }
  }
}
