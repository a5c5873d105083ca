package io.kiln.spark.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.kiln.spark.cluster.TestSpark;
import io.kiln.spark.config.RunConfig;
import io.kiln.spark.fit.FitData;
import io.kiln.spark.fit.TableData;
import io.kiln.spark.report.RunReport;
import io.kiln.spark.store.HadoopStorage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Whole runs on tables, on two executor processes: the same rows give the same weights. */
@Tag("spark")
@Timeout(600)
class TrainTableClusterTest {
  private static final HadoopStorage STORAGE = new HadoopStorage();
  private static final int ROWS = 3000;

  @TempDir static Path folder;

  private static JavaSparkContext spark;
  private static SparkSession session;

  @BeforeAll
  static void start() {
    spark = TestSpark.start("local-cluster[2,1,1024]");
    session = SparkSession.builder().sparkContext(spark.sc()).getOrCreate();
    table().orderBy("y").coalesce(1).write().parquet(place("sorted"));
  }

  @AfterAll
  static void stop() {
    spark.close();
  }

  private static String place(String name) {
    return folder.resolve(name).toString();
  }

  /** Three clouds around three places, a text that says a little. */
  private static Dataset<Row> table() {
    return session
        .range(ROWS)
        .selectExpr(
            "cast(3 * sin(id % 3) + sin(id * 12.9898) as float) as a",
            "cast(3 * cos(id % 3) + sin(id * 78.233) as float) as b",
            "id * 0.001 as c",
            "if(id % 5 = 0, 'x', 'z') as t",
            "concat('class ', id % 3) as y");
  }

  private static RunConfig config(String path, Map<String, Object> changes) {
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("format", "parquet");
    data.put("path", path);
    data.put("label", "y");
    data.put("categorical", List.of("t"));
    data.put("validation", 0.1);
    data.put("test", 0.1);
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("name", "test");
    values.put("data", data);
    values.put(
        "model",
        Map.of(
            "layers",
            List.of(
                Map.of("type", "dense", "units", 16),
                Map.of("type", "batch-norm"),
                Map.of("type", "relu"),
                Map.of("type", "dense", "units", 3))));
    values.put("optimizer", Map.of("type", "adam", "learning-rate", 0.01));
    values.put("train", Map.of("epochs", 2, "batch-size", 64));
    values.put("cluster", Map.of("workers", 2, "reproducible", "any-workers"));
    RunConfig config = RunConfig.of(values);
    return changes.isEmpty() ? config : config.with(changes);
  }

  private static RunReport train(RunConfig config, String name) throws Exception {
    FitData data = TableData.of(session, config, "/");
    data.check(io.kiln.spark.fit.FitPlan.of(config, data.facts().spec(), 1, STORAGE, "/"));
    PrintStream quiet = new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8);
    return new TrainRun(spark, new TrainRun.Prepared(config, data, "/", 1, 1), STORAGE, quiet)
        .inNewFolder(place(name));
  }

  private static double accuracy(RunReport report) {
    return Objects.requireNonNull(Objects.requireNonNull(report.test()).accuracy());
  }

  private static List<Long> bytesRead(RunReport report) {
    return Objects.requireNonNull(Objects.requireNonNull(report.data()).bytesRead());
  }

  @Test
  void aTableSortedByClassTrainsAndItsLayoutAndTheWorkersChangeNoBit() throws Exception {
    RunReport sorted = train(config(place("sorted"), Map.of()), "run-sorted");
    assertThat(sorted.status()).isEqualTo(RunReport.Status.SUCCEEDED);
    assertThat(accuracy(sorted)).isGreaterThan(0.95);
    RunReport.Data data = Objects.requireNonNull(sorted.data());
    assertThat(data.trainCount() + data.validationCount() + data.testCount()).isEqualTo(ROWS);
    assertThat(data.placement()).isEqualTo("shard");
    assertThat(data.classNames()).containsExactly("class 0", "class 1", "class 2");
    RunReport.Baseline baseline = Objects.requireNonNull(sorted.baseline());
    assertThat(baseline.answer()).startsWith("the most frequent class 'class ");
    assertThat(Objects.requireNonNull(baseline.test()).accuracy()).isBetween(0.2, 0.45);
    assertThat(sorted.history().get(1).validationAccuracy()).isGreaterThan(0.95);
    assertThat(folder.resolve("run-sorted/model/model.safetensors")).exists();

    RunReport one = train(config(place("sorted"), Map.of("cluster.workers", 1)), "run-one");
    assertThat(one.weightsSha256()).isNotNull().isEqualTo(sorted.weightsSha256());
    assertThat(one.test()).isEqualTo(sorted.test());
    // Each of two read its share, one read it all.
    assertThat(bytesRead(sorted)).hasSize(2);
    assertThat(bytesRead(one)).hasSize(1);
    assertThat(bytesRead(sorted).get(0) + bytesRead(sorted).get(1))
        .isEqualTo(bytesRead(one).get(0));
    assertThat(bytesRead(sorted).get(0)).isLessThan(bytesRead(one).get(0) * 2 / 3);

    table().orderBy(functions.rand(7)).repartition(7).write().parquet(place("seven"));
    try (Stream<Path> files = Files.list(folder.resolve("seven"))) {
      assertThat(files.filter(file -> file.toString().endsWith(".parquet"))).hasSize(7);
    }
    RunReport seven = train(config(place("seven"), Map.of()), "run-seven");
    assertThat(seven.weightsSha256()).isEqualTo(sorted.weightsSha256());
    assertThat(seven.data()).isNotNull();
    assertThat(Objects.requireNonNull(seven.data()).fingerprint()).isEqualTo(data.fingerprint());

    table().repartition(3).write().option("header", "true").csv(place("csv"));
    RunReport csv =
        train(
            config(place("csv"), Map.of("data.format", "csv", "data.placement", "shard")),
            "run-csv");
    assertThat(csv.weightsSha256()).isEqualTo(sorted.weightsSha256());
  }

  @Test
  void rowsThatDoNotFitInMemoryTrainInBlocks() throws Exception {
    Map<String, Object> little = Map.of("data.memory", "1k");
    RunReport two = train(config(place("sorted"), little), "blocks-two");
    RunReport one =
        train(config(place("sorted"), little).with(Map.of("cluster.workers", 1)), "blocks-one");
    assertThat(one.weightsSha256()).isNotNull().isEqualTo(two.weightsSha256());
    assertThat(accuracy(two)).isGreaterThan(0.95);
  }

  @Test
  void aKilledExecutorCostsTimeAndNoBit() throws Exception {
    Map<String, Object> often = Map.of("train.checkpoint-every", "10 steps", "train.epochs", 30);
    RunReport calm = train(config(place("sorted"), often), "calm");
    ProcessHandle victim = executor();
    Thread killer = new Thread(() -> killAfterACheckpoint(victim, folder.resolve("stormy")));
    killer.start();
    RunReport stormy = train(config(place("sorted"), often), "stormy");
    killer.join();
    assertThat(stormy.recovery().attempts()).isGreaterThan(1);
    assertThat(stormy.weightsSha256()).isEqualTo(calm.weightsSha256());
    assertThat(stormy.history()).hasSize(30);
    assertThat(stormy.test()).isEqualTo(calm.test());
  }

  private static ProcessHandle executor() {
    return ProcessHandle.current()
        .descendants()
        .filter(
            process ->
                process.info().commandLine().orElse("").contains("CoarseGrainedExecutorBackend"))
        .findFirst()
        .orElseThrow();
  }

  private static void killAfterACheckpoint(ProcessHandle victim, Path run) {
    try {
      Path checkpoints = run.resolve("checkpoints");
      while (!Files.isDirectory(checkpoints) || countOf(checkpoints) == 0) {
        Thread.sleep(1);
      }
      victim.destroyForcibly();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static long countOf(Path checkpoints) throws IOException {
    try (Stream<Path> files = Files.list(checkpoints)) {
      return files.filter(file -> file.toString().endsWith(".safetensors")).count();
    }
  }
}
