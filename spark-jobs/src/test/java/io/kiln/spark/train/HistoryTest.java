package io.kiln.spark.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kiln.nn.data.Splits;
import io.kiln.nn.io.CheckpointStore;
import io.kiln.nn.io.FormatException;
import io.kiln.nn.train.FitResult;
import io.kiln.spark.cluster.AttemptFailedException;
import io.kiln.spark.cluster.TestSpark;
import io.kiln.spark.config.RunConfig;
import io.kiln.spark.config.Workers;
import io.kiln.spark.fit.FitEvents;
import io.kiln.spark.fit.FitOutcome;
import io.kiln.spark.fit.FitRunner;
import io.kiln.spark.fit.FitSpec;
import io.kiln.spark.fit.Keep;
import io.kiln.spark.fit.WholeData;
import io.kiln.spark.fit.WorkerMessage;
import io.kiln.spark.report.Progress;
import io.kiln.spark.report.RunFolder;
import io.kiln.spark.report.RunReport;
import io.kiln.spark.store.HadoopStorage;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
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
        new TrainRun.Prepared(config, WholeData.of(config.data(), ".", STORAGE), ".", 1, 1);
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
  @Timeout(1200)
  void checkpointsByTheClockAreWritten() throws Exception {
    RunConfig config = config(40, 100_000_000, "1 s");
    String checkpoints = folder.resolve("clock/checkpoints").toString();
    FitRunner runner = new FitRunner(spark, STORAGE);
    // It would go on for days, and ends because a checkpoint was written.
    FitEvents events =
        new FitEvents() {
          @Override
          public void told(WorkerMessage said) {
            if (said instanceof WorkerMessage.Saved) {
              runner.stop();
            }
          }
        };
    FitOutcome outcome =
        runner.run(
            FitSpec.of(config, WholeData.of(config.data(), ".", STORAGE), ".")
                .saved(checkpoints, "", Map.of()),
            events);
    assertThat(outcome.result().ending()).isEqualTo(FitResult.Ending.INTERRUPTED);
    assertThat(new CheckpointStore(STORAGE, checkpoints, 3).paths()).hasSizeGreaterThanOrEqualTo(2);
  }

  @Test
  void aRunThatIsToldToEndAndCannotInTimeDoesNotStayRunning() throws Exception {
    RunConfig config = config(40, 1, "none");
    TrainRun.Prepared prepared =
        new TrainRun.Prepared(config, WholeData.of(config.data(), ".", STORAGE), ".", 1, 1);
    String path = folder.resolve("told").toString();
    try (RunFolder run =
            RunFolder.create(
                STORAGE, path, "told", Map.of(), RunRecorder.environment(1, List.of()));
        TrainAttempts attempts =
            new TrainAttempts(
                spark,
                prepared,
                STORAGE,
                path + "/checkpoints",
                new Keep.AtDriver(),
                new RunRecorder(run),
                Progress.ofTerminal())) {
      attempts.stop(Duration.ofMillis(1));
      RunReport report = RunFolder.read(STORAGE, path);
      assertThat(report.status()).isEqualTo(RunReport.Status.FAILED);
      assertThat(report.error()).isEqualTo("stopped on request; go on with --resume");
      // Nor does it begin another attempt.
      assertThatThrownBy(() -> attempts.run("")).isInstanceOf(CancellationException.class);
    }
  }

  @Test
  void workersWithOtherCopiesOfTheDataDoNotTrain() throws Exception {
    RunConfig config = config(40, 2, "none");
    WholeData data = WholeData.of(config.data(), ".", STORAGE);
    Splits other =
        new Splits(
            data.splits().train(),
            data.splits().validation(),
            data.splits().test(),
            "0123456789abcdef",
            Map.of(),
            List.of());
    WholeData wrong = new WholeData(other, config.data(), ".", STORAGE, data.rule());
    FitSpec spec = FitSpec.of(config, wrong, ".").on(new Workers(2, 2), 1, 1);
    assertThatThrownBy(() -> new FitRunner(spark, STORAGE).run(spec, new FitEvents() {}))
        .isInstanceOfSatisfying(
            AttemptFailedException.class, e -> assertThat(e.retryable()).isFalse())
        .hasCauseInstanceOf(FormatException.class)
        .cause()
        .hasMessageStartingWith("data of worker 0 on 127.0.0.1: their fingerprint is ")
        .hasMessageEndingWith(
            " but the driver's is 0123456789ab…; give all machines the same files");
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
      run(config).in(again, new Resumption(checkpoints.paths().get(1), List.of()));
    }
    everyEpochIsThere("c", 60);
  }
}
