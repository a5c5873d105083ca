package io.kiln.spark.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.kiln.nn.io.NamedTensors;
import io.kiln.nn.io.Safetensors;
import io.kiln.nn.model.ModelFolder;
import io.kiln.spark.cluster.TestSpark;
import io.kiln.spark.config.RunConfig;
import io.kiln.spark.fit.WholeData;
import io.kiln.spark.place.Places;
import io.kiln.spark.report.RunFolder;
import io.kiln.spark.report.RunReport;
import io.kiln.spark.store.HadoopStorage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whole runs on two executor processes. */
@Tag("spark")
class TrainRunClusterTest {
  private static JavaSparkContext spark;
  private static final HadoopStorage STORAGE = new HadoopStorage();

  @TempDir Path folder;

  @BeforeAll
  static void start() {
    spark = TestSpark.start("local-cluster[2,1,1024]");
  }

  @AfterAll
  static void stop() {
    spark.close();
  }

  private static RunConfig config(int workers, int epochs, Map<String, Object> changes) {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("name", "test");
    values.put(
        "data", Map.of("format", "synthetic", "train", 1100, "validation", 100, "test", 200));
    values.put("model", Map.of("type", "mlp", "hidden", List.of(24)));
    values.put("optimizer", Map.of("type", "adam", "learning-rate", 0.003));
    values.put("train", Map.of("epochs", epochs, "batch-size", 50));
    values.put("cluster", Map.of("workers", workers, "reproducible", "any-workers"));
    RunConfig config = RunConfig.of(values);
    return changes.isEmpty() ? config : config.with(changes);
  }

  private RunReport train(RunConfig config, String name) throws Exception {
    return train(config, name, 1);
  }

  private RunReport train(RunConfig config, String name, int threads) throws Exception {
    TrainRun.Prepared prepared =
        new TrainRun.Prepared(config, WholeData.of(config.data(), ".", STORAGE), ".", threads, 1);
    PrintStream quiet = new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8);
    return new TrainRun(spark, prepared, STORAGE, quiet)
        .inNewFolder(folder.resolve(name).toString());
  }

  @Test
  void anyNumberOfWorkersGivesTheSameWeights() throws Exception {
    RunReport one = train(config(1, 2, Map.of()), "one");
    RunReport two = train(config(2, 2, Map.of()), "two");
    assertThat(one.weightsSha256()).isNotNull().isEqualTo(two.weightsSha256());
    assertThat(two.environment().executors()).hasSize(2);
    assertThat(two.history()).hasSize(2);
    assertThat(two.history().get(1).validationAccuracy())
        .isEqualTo(one.history().get(1).validationAccuracy());
    assertThat(two.test()).isEqualTo(one.test());
    assertThat(two.status()).isEqualTo(RunReport.Status.SUCCEEDED);
    try (Stream<Path> files = Files.list(folder.resolve("two"))) {
      assertThat(files.map(file -> String.valueOf(file.getFileName())))
          .contains("report.json", "report.html", "metrics.csv", "model", "checkpoints")
          .anyMatch(name -> name.startsWith("events.out.tfevents"));
    }
  }

  @Test
  void threadsThatTheMachineHasDoNotChangeTheWeights() throws Exception {
    for (String reproducible : List.of("none", "fixed-workers")) {
      RunConfig config = config(1, 1, Map.of("cluster.reproducible", reproducible));
      RunReport one = train(config, "threads-one-" + reproducible, 1);
      RunReport three = train(config, "threads-three-" + reproducible, 3);
      assertThat(one.weightsSha256()).isNotNull().isEqualTo(three.weightsSha256());
    }
  }

  @Test
  void aRelativePlaceIsTheDriversInEveryExecutor() throws Exception {
    Path here = Path.of("target", "relative-" + System.nanoTime());
    RunConfig config = config(2, 2, Map.of());
    TrainRun.Prepared prepared =
        new TrainRun.Prepared(config, WholeData.of(config.data(), ".", STORAGE), ".", 1, 1);
    PrintStream quiet = new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8);
    new TrainRun(spark, prepared, STORAGE, quiet).inNewFolder(here.toString());
    assertThat(countOf(here.resolve("checkpoints"))).isEqualTo(2);
    STORAGE.delete(here.toString());
  }

  @Test
  void synchronizedBatchNormSeesTheBatchOfAllWorkers() throws Exception {
    RunReport one =
        train(config(1, 2, Map.of("model", Map.of("layers", layers(true)))), "sync-one");
    RunReport two =
        train(config(2, 2, Map.of("model", Map.of("layers", layers(true)))), "sync-two");
    assertThat(one.weightsSha256()).isNotNull().isEqualTo(two.weightsSha256());
    assertThat(two.test()).isEqualTo(one.test());
    RunReport apart =
        train(config(2, 2, Map.of("model", Map.of("layers", layers(false)))), "apart");
    assertThat(apart.weightsSha256()).isNotEqualTo(two.weightsSha256());
  }

  private static List<Map<String, Object>> layers(boolean sync) {
    return List.of(
        Map.of("type", "conv2d", "filters", 4, "kernel", 3, "stride", 2),
        Map.of("type", "batch-norm", "sync", sync),
        Map.of("type", "relu"),
        Map.of("type", "flatten"),
        Map.of("type", "dense", "units", 16),
        Map.of("type", "batch-norm", "sync", sync),
        Map.of("type", "dense", "units", 10));
  }

  @Test
  void savedModelScoresAsItDidInTraining() throws Exception {
    RunConfig config = config(2, 1, Map.of());
    RunReport report = train(config, "saved");
    String saved = folder.resolve("saved").toString();
    Scoring scoring =
        Scoring.of(
            STORAGE,
            saved,
            Scoring.section(
                ModelFolder.read(STORAGE, saved).data(),
                config.data(),
                new Places(new Configuration(), false)));
    RunReport.Test test = RunRecorder.reported(scoring.evaluate(spark, 2));
    RunReport.Test before = report.test();
    assertThat(test).isNotNull();
    assertThat(before).isNotNull();
    if (test != null && before != null) {
      assertThat(test.accuracy()).isEqualTo(before.accuracy());
      assertThat(test.confusion()).isEqualTo(before.confusion());
    }
  }

  @Test
  void frozenLayersOfAFileAreTheSameForAnyNumberOfWorkers() throws Exception {
    List<Map<String, Object>> layers =
        List.of(
            Map.of("name", "conv", "type", "conv2d", "filters", 3, "kernel", 5, "stride", 3),
            Map.of("name", "bn", "type", "batch-norm"),
            Map.of("type", "relu"),
            Map.of("type", "flatten"),
            Map.of("name", "fc", "type", "dense", "units", 10));
    train(config(2, 1, Map.of("model", Map.of("layers", layers))), "base");
    String file = folder.resolve("base/model/model.safetensors").toString();
    Map<String, Object> model =
        Map.of(
            "layers",
            layers,
            "weights",
            Map.of("path", file, "except", List.of("fc.*")),
            "freeze",
            List.of("*", "!fc.*"));
    RunReport one = train(config(1, 2, Map.of("model", model)), "one");
    RunReport two = train(config(2, 2, Map.of("model", model)), "two");
    assertThat(one.weightsSha256()).isNotNull().isEqualTo(two.weightsSha256());
    NamedTensors before = Safetensors.read(STORAGE, file);
    NamedTensors after =
        Safetensors.read(STORAGE, folder.resolve("two/model/model.safetensors").toString());
    for (String name : List.of("conv.weight", "bn.weight", "bn.running_var", "bn.running_mean")) {
      assertThat(after.tensor(name).toArray()).isEqualTo(before.tensor(name).toArray());
    }
    assertThat(after.tensor("fc.weight").toArray())
        .isNotEqualTo(before.tensor("fc.weight").toArray());
  }

  @Test
  void quickEpochsAreAllInTheReport() throws Exception {
    Map<String, Object> quick =
        Map.of(
            "data",
            Map.of("format", "synthetic", "train", 40, "validation", 0, "test", 10),
            "train.batch-size",
            100,
            "train.checkpoint-every",
            "none");
    assertThat(train(config(2, 300, quick), "quick").history()).hasSize(300);
  }

  @Test
  void aKilledExecutorCostsTimeAndNoBit() throws Exception {
    Map<String, Object> often = Map.of("train.checkpoint-every", "10 steps");
    RunReport calm = train(config(2, 30, often), "calm");
    ProcessHandle victim = executor();
    Thread killer = new Thread(() -> killAfterACheckpoint(victim, folder.resolve("stormy")));
    killer.start();
    RunReport stormy = train(config(2, 30, often), "stormy");
    killer.join();
    assertThat(stormy.recovery().attempts()).isGreaterThan(1);
    assertThat(stormy.weightsSha256()).isEqualTo(calm.weightsSha256());
    assertThat(stormy.history()).hasSize(30);
    assertThat(stormy.history().get(29).trainLoss()).isEqualTo(calm.history().get(29).trainLoss());
    assertThat(RunFolder.read(STORAGE, folder.resolve("stormy").toString()).status())
        .isEqualTo(RunReport.Status.SUCCEEDED);
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
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static long countOf(Path checkpoints) throws IOException {
    try (Stream<Path> files = Files.list(checkpoints)) {
      return files.filter(file -> file.toString().endsWith(".safetensors")).count();
    }
  }
}
