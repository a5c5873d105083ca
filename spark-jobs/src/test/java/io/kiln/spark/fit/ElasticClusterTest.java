package io.kiln.spark.fit;

import static org.assertj.core.api.Assertions.assertThat;

import io.kiln.nn.train.EpochRecord;
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
            Map.of("epochs", epochs, "batch-size", 50, "checkpoint-every", "1 epoch"),
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

  /** Kills an executor after the first checkpoint; notes who made the attempts, and when. */
  private static final class Storm implements FitEvents {
    private final List<Integer> workers = new ArrayList<>();
    private final List<Long> steps = new ArrayList<>();
    private long killed;
    private long wentOn;

    @Override
    public synchronized void attempt(int number, int size, long fromStep, List<EpochRecord> known) {
      workers.add(size);
      steps.add(fromStep);
    }

    @Override
    public synchronized void told(WorkerMessage said) {
      if (said instanceof WorkerMessage.Saved && killed == 0) {
        killed = System.nanoTime();
        executor().destroyForcibly();
      } else if (said instanceof WorkerMessage.Ready && killed > 0 && wentOn == 0) {
        wentOn = System.nanoTime();
      }
    }
  }

  @Test
  void aFitGoesOnOnWhatIsLeftAndGrowsAgainToTheSameWeights() throws Exception {
    RunConfig config = config(150);
    try (JavaSparkContext spark = new JavaSparkContext(TestSpark.conf("local-cluster[2,1,1024]"))) {
      FitOutcome calm =
          new FitRunner(spark, STORAGE)
              .run(spec(config).on(new Workers(2, 2), 1, 1), new FitEvents() {});
      Storm storm = new Storm();
      FitOutcome stormy =
          new FitRunner(spark, STORAGE)
              .run(
                  spec(config)
                      .on(new Workers(1, 2), 1, 1)
                      .saved(folder.resolve("c").toString(), "", Map.of()),
                  storm);
      assertThat(stormy.sha256()).isEqualTo(calm.sha256());
      assertThat(stormy.result().history()).hasSize(150);
      assertThat(storm.workers).hasSizeGreaterThan(1);
      assertThat(storm.workers.get(0)).isEqualTo(2);
      assertThat(storm.workers.get(storm.workers.size() - 1)).isEqualTo(2);
      assertThat(storm.steps.get(1)).isPositive();
      System.out.printf(
          "elastic: workers %s, went on after %.1f s%n",
          storm.workers, (storm.wentOn - storm.killed) / 1e9);
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
