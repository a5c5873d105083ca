package io.kiln.spark.shards;

import static org.assertj.core.api.Assertions.assertThat;

import io.kiln.nn.data.ShardedSamples;
import io.kiln.spark.cluster.Gang;
import io.kiln.spark.cluster.GangOptions;
import io.kiln.spark.cluster.TestSpark;
import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Executors with processes of their own, which take their rows with them when they die. */
@Tag("spark")
@Timeout(600)
class ShardsClusterTest {
  private static final int SHARDS = 4;

  private static JavaSparkContext context;
  private static SparkSession spark;

  @TempDir private Path folder;

  @BeforeAll
  static void start() {
    context = TestSpark.start("local-cluster[2,1,1024]");
    spark = SparkSession.builder().sparkContext(context.sc()).getOrCreate();
  }

  @AfterAll
  static void stop() {
    context.close();
  }

  /** What a worker found. */
  private record Found(String executor, Map<String, String> hashes, List<String> lost)
      implements Serializable {}

  private List<Found> gang(ShardedTable table, int attempt) {
    WorkerShards shards = table.worker();
    return Gang.run(
        context,
        GangOptions.of(context.getConf(), 2)
            .withAttempt(attempt)
            .withSlotTimeout(Duration.ofMinutes(5)),
        gang -> found(shards, gang.rank()),
        message -> {});
  }

  /** Attempts until nothing is lost, as a fit does. */
  private List<Found> attempts(ShardedTable table) throws IOException {
    List<Found> found = List.of();
    for (int attempt = 1; attempt < 6; attempt++) {
      table.materialise();
      found = gang(table, attempt);
      List<String> lost = found.stream().flatMap(each -> each.lost().stream()).toList();
      if (lost.isEmpty()) {
        return found;
      }
      lost.forEach(table::forget);
    }
    return found;
  }

  private static Found found(WorkerShards shards, int rank) throws IOException {
    TaskContext task = TaskContext.get();
    String executor = org.apache.spark.SparkEnv.get().executorId();
    int first = rank * SHARDS / 2;
    try {
      for (Part part : Part.values()) {
        ShardedSamples samples = shards.open(part, first, first + SHARDS / 2, task, 1, 1 << 20);
        samples.close();
      }
      return new Found(executor, Tables.hashes(shards, task), List.of());
    } catch (LostRowsException e) {
      return new Found(executor, Map.of(), List.of(e.executor()));
    }
  }

  @Test
  void aLostExecutorsRowsComeBackAndAreTheSame() throws Exception {
    Tables.mixed(spark, 2000).repartition(5).write().parquet(folder.resolve("t").toString());
    Map<String, Object> data = Tables.mixedData("parquet", folder.resolve("t"));
    ShardedTable table = Tables.sharded(spark, data, SHARDS);
    table.materialise();
    List<Found> before = gang(table, 0);
    assertThat(before).extracting(Found::executor).doesNotHaveDuplicates();
    assertThat(before.get(0).hashes()).hasSize(3 * SHARDS).isEqualTo(before.get(1).hashes());

    // One executor dies; Spark's scheduler learns of it and forgets what it had.
    long pid =
        context.parallelize(List.of(0), 1).map(zero -> ProcessHandle.current().pid()).first();
    ProcessHandle executor = ProcessHandle.of(pid).orElseThrow();
    executor.destroyForcibly();
    executor.onExit().get();
    List<Found> after = attempts(table);
    assertThat(after).allMatch(found -> found.lost().isEmpty());
    assertThat(after.get(0).hashes()).isEqualTo(before.get(0).hashes());
    assertThat(new HashSet<>(after.stream().map(Found::executor).toList()))
        .isNotEqualTo(new HashSet<>(before.stream().map(Found::executor).toList()));
  }

  @Test
  void lostFilesAreTheReadersErrorAndTheContextLives() throws Exception {
    Tables.mixed(spark, 1000).repartition(4).write().parquet(folder.resolve("t").toString());
    ShardedTable table =
        Tables.sharded(spark, Tables.mixedData("parquet", folder.resolve("t")), SHARDS);
    table.materialise();
    // The files go behind Spark's back: a disk that was emptied.
    context
        .parallelize(List.of(0, 1), 2)
        .foreach(
            n -> {
              for (var root :
                  org.apache.spark.SparkEnv.get().blockManager().diskBlockManager().localDirs()) {
                try (var files = java.nio.file.Files.walk(root.toPath())) {
                  for (Path file :
                      files
                          .filter(f -> f.getFileName().toString().startsWith("shuffle_"))
                          .toList()) {
                    java.nio.file.Files.delete(file);
                  }
                }
              }
              Thread.sleep(1000); // so that the other one goes to the other executor
            });
    List<Found> lost = gang(table, 0);
    assertThat(lost).anyMatch(found -> !found.lost().isEmpty());
    lost.stream().flatMap(each -> each.lost().stream()).forEach(table::forget);
    List<Found> after = attempts(table);
    assertThat(after.get(0).hashes()).hasSize(3 * SHARDS).isEqualTo(after.get(1).hashes());
    assertThat(context.parallelize(List.of(1, 2), 2).count()).isEqualTo(2);
  }
}
