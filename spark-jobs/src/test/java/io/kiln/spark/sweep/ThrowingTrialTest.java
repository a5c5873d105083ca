package io.kiln.spark.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import io.kiln.spark.cluster.TestSpark;
import io.kiln.spark.config.RunConfig;
import io.kiln.spark.report.RunReport;
import io.kiln.spark.report.Summary;
import io.kiln.spark.report.SweepFolder;
import io.kiln.spark.report.SweepReport;
import io.kiln.spark.report.SweepReport.Trial;
import io.kiln.spark.report.SweepReport.TrialStatus;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A trial whose network throws in the midst of training, while others train beside it. */
@Tag("spark")
@Tag("fault")
@Timeout(300)
class ThrowingTrialTest {
  private static final int BREAKS = 9;

  @TempDir Path folder;

  /** Gangs of two workers, two at a time; then trials that share a task. */
  @ParameterizedTest
  @CsvSource({"2, 1, 8", "1, 1, 4", "1, 8, 4"})
  void itFailsOnceWithItsReasonAndTheOthersAreTrained(int workers, int pack, int mostTasks)
      throws Exception {
    RunConfig config =
        Sweeps.config(
                3,
                Map.of(
                    "space",
                    Map.of("model.layers.1.after", List.of(0, BREAKS, -1, -2)),
                    "workers",
                    workers,
                    "pack",
                    pack))
            .with(
                Map.of(
                    "model",
                    Map.of(
                        "layers",
                        List.of(
                            Map.of("type", "flatten"),
                            Map.of("type", "breaks", "after", 0),
                            Map.of("type", "dense", "units", 10)))));
    Tasks tasks = new Tasks();
    TrialBook book;
    try (JavaSparkContext spark = TestSpark.start("local-cluster[2,2,1024]")) {
      spark.sc().addSparkListener(tasks);
      book = Sweeps.run(spark, config, folder.toString()).book();
      // Spark tells of a task's end after its result is there.
      while (tasks.ended.get() < tasks.begun.get()) {
        Thread.sleep(10);
      }
    }
    assertThat(tasks.begun.get()).isLessThanOrEqualTo(mostTasks);
    if (pack == 1) {
      assertThat(tasks.begun).hasValue(mostTasks);
    }
    book.write(RunReport.Status.SUCCEEDED, null, null, null);

    SweepReport report = SweepFolder.read(Sweeps.STORAGE, folder.toString());
    for (Trial trial : report.trials()) {
      boolean breaks = trial.params().containsValue(BREAKS);
      assertThat(trial.status()).isEqualTo(breaks ? TrialStatus.FAILED : TrialStatus.SUCCEEDED);
      assertThat(trial.epochs()).isEqualTo(breaks ? 0 : 3);
      assertThat(trial.value() == null).isEqualTo(breaks);
      if (breaks) {
        assertThat(trial.error()).contains("breaks: row 7 of 7").doesNotContain("attempts");
      }
    }
    List<String> journal = Files.readAllLines(folder.resolve("journal-0001.jsonl"));
    for (String kind : List.of("suggested", "ended")) {
      for (int i = 0; i < 4; i++) {
        String its = "\"trial\":" + i + ",";
        assertThat(journal.stream())
            .filteredOn(line -> line.contains("\"" + kind + "\"") && line.contains(its))
            .hasSize(1);
      }
    }
    List<String> table =
        Summary.of(report).lines().filter(line -> line.contains("trial-")).toList();
    String failed = "trial-002";
    assertThat(table.get(4)).contains(failed).contains("failed");
    assertThat(Summary.of(report)).contains(failed + " failed: ").contains("breaks: row 7 of 7");
    assertThat(Files.readAllLines(folder.resolve("trials.csv")))
        .filteredOn(line -> line.startsWith(failed + ","))
        .singleElement()
        .asString()
        .contains("breaks: row 7 of 7");
  }
}
