package io.kiln.spark.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import io.kiln.spark.cluster.TestSpark;
import io.kiln.spark.config.RunConfig;
import io.kiln.spark.report.RunFolder;
import io.kiln.spark.report.RunReport;
import io.kiln.spark.report.StepSeries;
import io.kiln.spark.report.SweepReport.Trial;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.LongStream;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The page of a trial has curves by step, like that of any run. */
@Tag("spark")
@Timeout(300)
class TrialStepsTest {
  /** 300 samples without 50 for validation, in batches of 50. */
  private static final int STEPS = 5;

  @TempDir Path folder;

  @Test
  void allStepsAreThereOfTrialsThatShareATaskAndOfThoseThatWentOnFromARung() throws Exception {
    try (JavaSparkContext spark = TestSpark.start("local[2]")) {
      for (int pack : new int[] {1, 8}) {
        Path sweep = folder.resolve("pack" + pack);
        Map<String, Object> halving =
            Map.of(
                "strategy",
                "asha",
                "trials",
                4,
                "reduction",
                2,
                "pack",
                pack,
                "space",
                Map.of("train.seed", List.of(1, 2, 3, 4)));
        RunConfig config = Sweeps.config(4, halving);
        TrialBook book = Sweeps.run(spark, config, sweep.toString()).book();
        for (int i = 0; i < 4; i++) {
          Trial trial = book.trial(i);
          Path its = sweep.resolve("trials").resolve(trial.id());
          RunReport report = RunFolder.read(Sweeps.STORAGE, its.toString());
          StepSeries steps = Objects.requireNonNull(report.steps());
          assertThat(steps.step())
              .containsExactlyElementsOf(
                  LongStream.rangeClosed(1, (long) STEPS * trial.epochs()).boxed().toList());
          assertThat(steps.loss()).hasSameSizeAs(steps.step());
          assertThat(Files.readString(its.resolve("report.html"))).contains("\"learning_rate\":[");
        }
      }
    }
  }

  @Test
  void oneThatTakesLongHasFewPoints() {
    List<Long> many = LongStream.rangeClosed(1, 499).boxed().toList();
    List<Double> numbers = many.stream().map(Long::doubleValue).toList();
    StepSeries few =
        new StepSeries(many, numbers, null, numbers, numbers, numbers, numbers).few(100);
    assertThat(few.step()).hasSize(100).startsWith(5L, 10L).endsWith(495L, 499L);
    assertThat(few.loss()).hasSize(100).endsWith(499.0);
    assertThat(few.few(100)).isSameAs(few);
  }
}
