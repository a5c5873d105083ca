package io.kiln.spark.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.kiln.nn.io.CheckpointStore;
import io.kiln.spark.cluster.TestSpark;
import io.kiln.spark.config.RunConfig;
import io.kiln.spark.report.RunFolder;
import io.kiln.spark.report.RunReport;
import io.kiln.spark.store.HadoopStorage;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A report has every epoch, however quickly they follow each other. */
@Tag("spark")
class HistoryTest {
  private static JavaSparkContext spark;
  private static final HadoopStorage STORAGE = new HadoopStorage();

  @TempDir Path folder;

  @BeforeAll
  static void start() {
    spark = TestSpark.start("local[2]");
  }

  @AfterAll
  static void stop() {
    spark.close();
  }

  private static RunConfig config(int rows, int epochs, String checkpointEvery) {
    return RunConfig.of(
        Map.of(
            "name",
            "test",
            "data",
            Map.of("format", "synthetic", "train", rows, "validation", 0, "test", 10),
            "model",
            Map.of("type", "mlp", "hidden", List.of(2)),
            "train",
            Map.of("epochs", epochs, "batch-size", 100, "checkpoint-every", checkpointEvery)));
  }

  private TrainRun run(RunConfig config) throws Exception {
    TrainRun.Prepared prepared =
        new TrainRun.Prepared(config, DataCache.get(config.data(), ".", STORAGE), ".", 1);
    PrintStream quiet = new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8);
    return new TrainRun(spark, prepared, STORAGE, quiet);
  }

  private static List<Integer> epochs(RunReport report) {
    return report.history().stream().map(RunReport.Epoch::epoch).toList();
  }

  private void everyEpochIsThere(String name, int epochs) throws Exception {
    List<Integer> all = IntStream.rangeClosed(1, epochs).boxed().toList();
    String path = folder.resolve(name).toString();
    assertThat(epochs(RunFolder.read(STORAGE, path))).isEqualTo(all);
    assertThat(Files.readAllLines(Path.of(path, "metrics.csv"))).hasSize(1 + epochs);
  }

  @Test
  void fiveHundredEpochsOfOneStepAreAllInTheReport() throws Exception {
    run(config(100, 500, "none")).inNewFolder(folder.resolve("a").toString());
    everyEpochIsThere("a", 500);
    run(config(40, 300, "none")).inNewFolder(folder.resolve("b").toString());
    everyEpochIsThere("b", 300);
  }

  @Test
  void aResumedRunFillsTheGapOfADriverThatWasKilled() throws Exception {
    RunConfig config = config(40, 60, "20 epochs");
    run(config).inNewFolder(folder.resolve("c").toString());
    String path = folder.resolve("c").toString();
    try (RunFolder killed = RunFolder.resume(STORAGE, path)) {
      RunReport whole = killed.report();
      killed.write(whole.change().running().history(whole.history().subList(0, 7)).report());
    }
    try (RunFolder again = RunFolder.resume(STORAGE, path)) {
      CheckpointStore checkpoints = TrainRun.checkpoints(STORAGE, again, config);
      run(config).in(again, checkpoints.paths().get(1));
    }
    everyEpochIsThere("c", 60);
  }
}
