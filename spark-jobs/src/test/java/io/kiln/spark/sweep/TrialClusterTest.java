package io.kiln.spark.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import io.kiln.spark.cluster.TestSpark;
import io.kiln.spark.config.RunConfig;
import io.kiln.spark.report.RunFolder;
import io.kiln.spark.report.SweepReport.Trial;
import io.kiln.spark.report.SweepReport.TrialStatus;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Trials on executor processes, whose failed tasks Spark may run again. */
@Tag("spark")
@Timeout(300)
class TrialClusterTest {
  @TempDir Path folder;

  private String path(String name) {
    return folder.resolve(name).toString();
  }

  /** The second throws: its momentum is no number that SGD takes. */
  @Test
  void trialsThatDivergeOrThrowAreTrainedOnceAndTheOthersGoOn() throws Exception {
    Map<String, Object> space =
        Map.of(
            "optimizer",
            List.of(
                Map.of("type", "sgd", "learning-rate", 1e30),
                Map.of("type", "sgd", "learning-rate", 0.1),
                Map.of("type", "sgd", "learning-rate", 0.01)));
    Tasks tasks = new Tasks();
    for (int pack : new int[] {1, 8}) {
      RunConfig config =
          Sweeps.config(2, Map.of("space", space, "pack", pack, "metric", "validation.loss"));
      try (JavaSparkContext spark = TestSpark.start("local-cluster[1,1,1024]")) {
        spark.sc().addSparkListener(tasks);
        Sweeps.Swept swept = Sweeps.run(spark, config, path("pack" + pack));
        assertThat(swept.utilization()).isPositive().isLessThanOrEqualTo(1);
        TrialBook book = swept.book();
        assertThat(book.trial(0).status()).isEqualTo(TrialStatus.FAILED);
        assertThat(book.trial(0).error()).contains("the loss is");
        assertThat(book.trial(1).status()).isEqualTo(TrialStatus.SUCCEEDED);
        assertThat(book.trial(1).executor()).startsWith("0@");
        assertThat(book.trial(2).epochs()).isEqualTo(2);
        // Spark tells of a task's end after its result is there.
        while (tasks.ended.get() < (pack == 1 ? 3 : 4)) {
          Thread.sleep(10);
        }
      }
      assertThat(tasks.begun).hasValue(pack == 1 ? 3 : 4);
    }
  }

  /** Rung by rung it is what it is in one go: same numbers of every epoch. */
  @Test
  void whatIsPromotedGoesOnBitByBitAndOnSeveralWorkersToo() throws Exception {
    Map<String, Object> space = Map.of("train.seed", List.of(1, 2, 3, 4));
    Map<String, Object> optimizer =
        Map.of("optimizer.momentum", 0.9, "optimizer.schedule", Map.of("type", "cosine"));
    RunConfig whole = Sweeps.config(4, Map.of("space", space)).with(optimizer);
    try (JavaSparkContext spark = TestSpark.start("local-cluster[2,1,1024]")) {
      TrialBook all = Sweeps.run(spark, whole, path("grid")).book();
      for (int workers : new int[] {1, 2}) {
        RunConfig halving =
            Sweeps.config(
                    4,
                    Map.of(
                        "space",
                        space,
                        "strategy",
                        "asha",
                        "reduction",
                        2,
                        "trials",
                        4,
                        "workers",
                        workers))
                .with(optimizer);
        TrialBook book = Sweeps.run(spark, halving, path("asha" + workers)).book();
        int wholes = 0;
        for (int i = 0; i < 4; i++) {
          Trial trial = book.trial(i);
          wholes += trial.status() == TrialStatus.SUCCEEDED ? 1 : 0;
          for (int j = 0; j < 4; j++) {
            if (Objects.equals(
                all.trial(j).params().get("train.seed"), trial.params().get("train.seed"))) {
              assertThat(all.trial(j).curve())
                  .startsWith(Objects.requireNonNull(trial.curve()).toArray(new Double[0]));
            }
          }
          int known =
              RunFolder.read(Sweeps.STORAGE, path("asha" + workers + "/trials/" + trial.id()))
                  .history()
                  .size();
          assertThat(known).isEqualTo(trial.epochs());
        }
        assertThat(wholes).isBetween(1, 2);
        assertThat(book.epochs()).isLessThan(16);
        assertThat(Files.exists(folder.resolve("asha" + workers + "/checkpoints"))).isTrue();
      }
    }
  }
}
