package io.kiln.spark.fit;

import static org.assertj.core.api.Assertions.assertThat;

import io.kiln.nn.io.CheckpointStore;
import io.kiln.nn.train.EpochRecord;
import io.kiln.nn.train.FitResult;
import io.kiln.spark.cluster.TestSpark;
import io.kiln.spark.config.RunConfig;
import io.kiln.spark.config.Workers;
import io.kiln.spark.store.HadoopStorage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Fits on executors that die, come late, and come and go. */
@Tag("spark")
@Timeout(600)
class ElasticClusterTest {
  private static final HadoopStorage STORAGE = new HadoopStorage();

  @TempDir Path folder;

  private static RunConfig config(int epochs) {
    return RunConfig.of(
        Map.of(
            "data",
            Map.of("format", "synthetic", "train", 2000, "validation", 50, "test", 0),
            "model",
            Map.of("type", "mlp", "hidden", List.of(32)),
            "optimizer",
            Map.of("type", "adam", "learning-rate", 0.001),
            "train",
            Map.of("epochs", epochs, "batch-size", 50, "checkpoint-every", "10 epochs"),
            "cluster",
            Map.of("reproducible", "any-workers")));
  }

  private static FitSpec spec(RunConfig config) throws Exception {
    return FitSpec.of(config, WholeData.of(config.data(), ".", STORAGE), ".")
        .keeping(new Keep.Nothing());
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

  /**
   * Kills an executor after the first checkpoint, and ends the fit once two have trained again;
   * notes who made the attempts, and when.
   */
  private static final class Storm implements FitEvents {
    private final FitRunner runner;
    private final List<Integer> workers = new ArrayList<>();
    private final List<Long> steps = new ArrayList<>();
    private long killed;
    private long wentOn;
    private boolean whole;

    Storm(FitRunner runner) {
      this.runner = runner;
    }

    @Override
    public synchronized void attempt(int number, int size, long fromStep, List<EpochRecord> known) {
      workers.add(size);
      steps.add(fromStep);
      whole = killed > 0 && size == 2;
    }

    @Override
    public synchronized void told(WorkerMessage said) {
      if (said instanceof WorkerMessage.Saved && killed == 0) {
        killed = System.nanoTime();
        executor().destroyForcibly();
      } else if (said instanceof WorkerMessage.Ready && killed > 0 && wentOn == 0) {
        wentOn = System.nanoTime();
      } else if (said instanceof WorkerMessage.EpochDone && whole) {
        runner.stop();
      }
    }
  }

  private static FitSpec saved(RunConfig config, String folder) throws Exception {
    CheckpointStore store = new CheckpointStore(STORAGE, folder, 3);
    return spec(config).saved(folder, store.newestHead().path(), Map.of());
  }

  private static double[] values(String folder) throws Exception {
    var newest = new CheckpointStore(STORAGE, folder, 3).newest().checkpoint().orElseThrow();
    return newest.tensor("values").toArray();
  }

  @Test
  void aFitGoesOnOnWhatIsLeftAndGrowsAgainToTheSameWeights() throws Exception {
    RunConfig config = config(1_000_000); // it ends when all has happened
    String stormy = folder.resolve("stormy").toString();
    String calm = folder.resolve("calm").toString();
    try (JavaSparkContext spark = new JavaSparkContext(TestSpark.conf("local-cluster[2,1,1024]"))) {
      FitRunner runner = new FitRunner(spark, STORAGE);
      Storm storm = new Storm(runner);
      FitOutcome broken = runner.run(saved(config, stormy).on(new Workers(1, 2), 1, 1), storm);
      assertThat(broken.result().ending()).isEqualTo(FitResult.Ending.INTERRUPTED);
      assertThat(storm.workers).hasSizeGreaterThan(1);
      assertThat(storm.workers.get(0)).isEqualTo(2);
      assertThat(storm.steps.get(1)).isPositive();
      System.out.printf(
          "elastic: workers %s, went on after %.1f s%n",
          storm.workers, (storm.wentOn - storm.killed) / 1e9);

      int epochs = broken.result().history().size() + 1;
      FitOutcome rest =
          new FitRunner(spark, STORAGE)
              .run(
                  saved(config, stormy).on(new Workers(2, 2), 1, 1).until(epochs),
                  new FitEvents() {});
      FitOutcome never =
          new FitRunner(spark, STORAGE)
              .run(
                  saved(config, calm).on(new Workers(2, 2), 1, 1).until(epochs),
                  new FitEvents() {});
      assertThat(values(stormy)).containsExactly(values(calm));
      List<Double> losses = rest.result().history().stream().map(EpochRecord::trainLoss).toList();
      assertThat(losses)
          .isEqualTo(never.result().history().stream().map(EpochRecord::trainLoss).toList())
          .hasSize(epochs);
    }
  }

  @Test
  void aWorkerHasAllCoresOfItsExecutorIfNobodySaidOtherwise() throws Exception {
    RunConfig config = config(2);
    List<Integer> threads = new ArrayList<>();
    FitEvents events =
        new FitEvents() {
          @Override
          public void told(WorkerMessage said) {
            if (said instanceof WorkerMessage.Ready ready) {
              threads.add(ready.executor().threads());
            }
          }
        };
    try (JavaSparkContext spark = new JavaSparkContext(TestSpark.conf("local-cluster[2,3,1024]"))) {
      String one =
          new FitRunner(spark, STORAGE)
              .run(spec(config).on(new Workers(2, 2), 0, 0), events)
              .sha256();
      assertThat(threads).containsExactly(3, 3);
      threads.clear();
      String four =
          new FitRunner(spark, STORAGE)
              .run(spec(config).on(new Workers(4, 4), 0, 0), events)
              .sha256();
      assertThat(threads).containsExactly(1, 1, 1, 1);
      assertThat(four).isEqualTo(one);
    }
  }

  @Test
  void executorsThatComeAndGoAsTheyAreNeededTrainToo() throws Exception {
    RunConfig config = config(2);
    SparkConf dynamic =
        TestSpark.conf("local-cluster[2,1,1024]")
            .set("spark.dynamicAllocation.enabled", "true")
            .set("spark.dynamicAllocation.shuffleTracking.enabled", "true")
            .set("spark.dynamicAllocation.minExecutors", "0")
            .set("spark.dynamicAllocation.initialExecutors", "0")
            .set("spark.dynamicAllocation.maxExecutors", "2");
    String dynamically;
    try (JavaSparkContext spark = new JavaSparkContext(dynamic)) {
      dynamically =
          new FitRunner(spark, STORAGE)
              .run(spec(config).on(new Workers(2, 2), 1, 1), new FitEvents() {})
              .sha256();
    }
    try (JavaSparkContext spark = new JavaSparkContext(TestSpark.conf("local[2]"))) {
      assertThat(
              new FitRunner(spark, STORAGE)
                  .run(spec(config).on(new Workers(2, 2), 1, 1), new FitEvents() {})
                  .sha256())
          .isEqualTo(dynamically);
    }
  }
}
