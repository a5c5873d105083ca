package io.kiln.spark.fit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kiln.nn.config.ConfigException;
import io.kiln.nn.io.CheckpointStore;
import io.kiln.nn.io.Digests;
import io.kiln.nn.io.LocalStorage;
import io.kiln.nn.io.Safetensors;
import io.kiln.nn.model.ModelFolder;
import io.kiln.nn.tensor.DType;
import io.kiln.nn.train.EpochRecord;
import io.kiln.nn.train.FitResult;
import io.kiln.spark.cluster.AttemptFailedException;
import io.kiln.spark.cluster.Gang;
import io.kiln.spark.cluster.GangOptions;
import io.kiln.spark.cluster.TestSpark;
import io.kiln.spark.config.RunConfig;
import io.kiln.spark.config.Workers;
import io.kiln.spark.store.HadoopStorage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A fit is one value, whoever runs it. */
@Tag("spark")
@Timeout(600)
class FitRunnerTest {
  private static final HadoopStorage STORAGE = new HadoopStorage();
  private static JavaSparkContext spark;

  @TempDir Path folder;

  @BeforeAll
  static void start() {
    spark = TestSpark.start("local[4]");
  }

  @AfterAll
  static void stop() {
    spark.close();
  }

  private static RunConfig config(int epochs) {
    return RunConfig.of(
        Map.of(
            "data",
            Map.of("format", "synthetic", "train", 300, "validation", 50, "test", 50),
            "model",
            Map.of("type", "mlp", "hidden", List.of(8)),
            "optimizer",
            Map.of("type", "adam", "learning-rate", 0.01, "schedule", Map.of("type", "cosine")),
            "train",
            Map.of("epochs", epochs, "batch-size", 50),
            "cluster",
            Map.of("reproducible", "any-workers")));
  }

  private static FitSpec spec(RunConfig config) throws IOException {
    return FitSpec.of(config, WholeData.of(config.data(), ".", STORAGE), ".");
  }

  private FitOutcome run(FitSpec spec) throws IOException {
    return new FitRunner(spark, STORAGE).run(spec, new FitEvents() {});
  }

  @Test
  void valuesGoWhereTheSpecificationSays() throws Exception {
    FitSpec spec = spec(config(2)).tested();
    FitOutcome nowhere = run(spec.keeping(new Keep.Nothing()));
    assertThat(nowhere.weights()).isNull();
    assertThat(nowhere.test()).isNotNull();
    FitOutcome here = run(spec);
    String model = folder.resolve("model").toString();
    FitOutcome there = run(spec.keeping(new Keep.Folder(model)));
    assertThat(there.weights()).isNull();
    assertThat(here.sha256()).isEqualTo(there.sha256()).isEqualTo(nowhere.sha256());
    var network = ModelFolder.read(STORAGE, model).network();
    assertThat(Digests.sha256(network.params().values())).isEqualTo(here.sha256());
    Path weights = here.weights();
    assertThat(weights).isNotNull();
    var read = Safetensors.read(new LocalStorage(), String.valueOf(weights), DType.FLOAT32);
    for (var entry : network.params().entries()) {
      assertThat(read.tensor(entry.name()).toArray())
          .containsExactly(network.params().value(entry.name()).toArray());
    }
    Files.delete(weights);
  }

  @Test
  void aFitThatStopsBeforeItsHorizonGoesOnToTheSameWeights() throws Exception {
    RunConfig config = config(4); // its schedule goes by all four
    FitOutcome whole = run(spec(config).keeping(new Keep.Nothing()));
    String saved = folder.resolve("checkpoints").toString();
    FitSpec first = spec(config).keeping(new Keep.Nothing()).saved(saved, "", Map.of()).until(1);
    FitOutcome paused = run(first);
    assertThat(paused.result().ending()).isEqualTo(FitResult.Ending.PAUSED);
    assertThat(paused.result().history()).hasSize(1);
    List<Path> files;
    try (var list = Files.list(Path.of(saved))) {
      files = list.toList();
    }
    assertThat(files).hasSize(1); // and nothing is left of the driver's sign
    FitOutcome rest =
        run(
            spec(config)
                .keeping(new Keep.Nothing())
                .saved(saved, files.get(0).toString(), Map.of()));
    assertThat(rest.result().history()).hasSize(4);
    assertThat(rest.sha256()).isEqualTo(whole.sha256());
  }

  /** Notes how many workers made each attempt, and from which step. */
  private static class Sizes implements FitEvents {
    private final List<Integer> sizes = new ArrayList<>();
    private final List<Long> steps = new ArrayList<>();

    @Override
    public synchronized void attempt(
        int number, int workers, long fromStep, List<EpochRecord> known) {
      sizes.add(workers);
      steps.add(fromStep);
    }

    synchronized boolean grown() {
      return sizes.size() > 1;
    }
  }

  private static final CountDownLatch FREE = new CountDownLatch(1);
  private static final CountDownLatch BUSY = new CountDownLatch(3);

  private FitSpec saved(RunConfig config, String name) throws IOException {
    String place = folder.resolve(name).toString();
    String newest = new CheckpointStore(STORAGE, place, 3).newestHead().path();
    return spec(config).keeping(new Keep.Nothing()).saved(place, newest, Map.of());
  }

  private double[] values(String name) throws IOException {
    return new CheckpointStore(STORAGE, folder.resolve(name).toString(), 3)
        .newest()
        .checkpoint()
        .orElseThrow()
        .tensor("values")
        .toArray();
  }

  @Test
  void aFitGrowsWhenSlotsAreFreeToTheSameWeights() throws Exception {
    RunConfig config = config(1_000_000).with(Map.of("train.checkpoint-every", "100 epochs"));
    ExecutorService other = Executors.newSingleThreadExecutor();
    Future<?> foreign =
        other.submit(
            () ->
                spark
                    .parallelize(List.of(1, 2, 3), 3)
                    .foreach(
                        row -> {
                          BUSY.countDown();
                          FREE.await();
                        }));
    BUSY.await();
    FitRunner runner = new FitRunner(spark, STORAGE);
    Sizes sizes =
        new Sizes() {
          @Override
          public synchronized void told(WorkerMessage said) {
            if (said instanceof WorkerMessage.EpochDone) {
              FREE.countDown();
              if (grown()) {
                runner.stop(); // All has happened.
              }
            }
          }
        };
    FitOutcome grown = runner.run(saved(config, "grown").on(new Workers(1, 4), 1, 1), sizes);
    foreign.get();
    other.shutdown();
    assertThat(sizes.sizes.get(0)).isLessThan(4);
    assertThat(sizes.sizes.get(sizes.sizes.size() - 1)).isGreaterThan(sizes.sizes.get(0));
    assertThat(sizes.steps.get(1)).isPositive();
    int epochs = grown.result().history().size() + 1;
    run(saved(config, "grown").until(epochs));
    run(saved(config, "alone").until(epochs));
    assertThat(values("grown")).containsExactly(values("alone"));
  }

  @Test
  void gangsTakeTurnsWhereSlotsAreFew() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(3);
    List<Future<FitOutcome>> all = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      FitSpec two = spec(config(3)).on(new Workers(2, 2), 1, 1).keeping(new Keep.Nothing());
      all.add(threads.submit(() -> run(two)));
    }
    String sha256 = all.get(0).get().sha256();
    for (Future<FitOutcome> one : all) {
      assertThat(one.get().sha256()).isEqualTo(sha256);
    }
    threads.shutdown();
  }

  @Test
  void aFitForWhichOthersLeaveTooFewSlotsWaitsForThem() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(7);
    List<Future<FitOutcome>> small = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      FitSpec one = spec(config(20)).keeping(new Keep.Nothing());
      small.add(threads.submit(() -> run(one)));
    }
    FitSpec four = spec(config(20)).on(new Workers(4, 4), 1, 1).keeping(new Keep.Nothing());
    String together = threads.submit(() -> run(four)).get().sha256();
    for (Future<FitOutcome> one : small) {
      assertThat(one.get().sha256()).isEqualTo(together);
    }
    threads.shutdown();
  }

  @Test
  void aFolderThatAWorkerDoesNotSeeIsAMistake() throws Exception {
    RunConfig config = config(1);
    String elsewhere = folder + "/on-another-disk/checkpoints";
    FitTask task =
        new FitTask(
            new LinkedHashMap<>(config.resolved()),
            STORAGE,
            ".",
            1,
            1,
            false,
            WholeData.of(config.data(), ".", STORAGE).ready(),
            new Saving(
                elsewhere,
                elsewhere + "/.kiln-sign",
                "",
                new LinkedHashMap<>(),
                new Keep.Nothing(),
                new LinkedHashMap<>()));
    assertThatThrownBy(
            () -> Gang.run(spark, GangOptions.of(spark.getConf(), 2), task, message -> {}))
        .isInstanceOf(AttemptFailedException.class)
        .hasCauseInstanceOf(ConfigException.class)
        .hasMessageContaining("/on-another-disk/checkpoints of the driver is not to be seen on ");
    assertThat(folder.resolve("on-another-disk")).doesNotExist();
  }
}
