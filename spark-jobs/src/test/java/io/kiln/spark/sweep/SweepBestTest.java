package io.kiln.spark.sweep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.kiln.spark.config.Resume;
import io.kiln.spark.config.RunConfig;
import io.kiln.spark.config.SweepRequest;
import io.kiln.spark.config.TrainRequest;
import io.kiln.spark.report.RunFolder;
import io.kiln.spark.report.RunReport;
import io.kiln.spark.report.SweepFolder;
import io.kiln.spark.report.SweepReport;
import io.kiln.spark.store.HadoopStorage;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A whole sweep on this machine. */
@Tag("spark")
class SweepBestTest {
  private static final HadoopStorage STORAGE = new HadoopStorage();

  @TempDir Path folder;

  /** The trial has one worker with one thread, the best two. */
  @Test
  void theBestIsTrainedAgainToWhatItsTrialWas() throws Exception {
    RunConfig config =
        RunConfig.of(
            Map.of(
                "name",
                "best",
                "data",
                Map.of("format", "synthetic", "train", 600, "validation", 200, "test", 100),
                "model",
                Map.of("type", "mlp", "hidden", List.of(16)),
                "train",
                Map.of("epochs", 3, "batch-size", 128),
                "cluster",
                Map.of("workers", 2),
                "sweep",
                Map.of("space", Map.of("train.batch-size", List.of(16)))));
    String out = folder.resolve("sweep").toString();
    TrainRequest.Place place = new TrainRequest.Place("local[2]", null, out, false);
    PrintStream quiet = new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8);
    new SweepJob().run(new SweepRequest(config, place, Resume.NO), quiet);
    RunReport trial = RunFolder.read(STORAGE, out + "/trials/trial-001");
    RunReport best = RunFolder.read(STORAGE, out + "/best");
    assertThat(best.environment().workers()).isEqualTo(2);
    assertThat(trial.history()).hasSize(3);
    for (int i = 0; i < 3; i++) {
      assertThat(best.history().get(i).trainLoss()).isEqualTo(trial.history().get(i).trainLoss());
      assertThat(best.history().get(i).validationLoss())
          .isEqualTo(trial.history().get(i).validationLoss());
    }
    assertThat(shards(trial)).isEqualTo(2).isEqualTo(shards(best));
  }

  private SweepReport swept(String name, Map<String, Object> sweep) throws Exception {
    RunConfig config =
        RunConfig.of(
            Map.of(
                "name",
                name,
                "data",
                Map.of("format", "synthetic", "train", 600, "validation", 150, "test", 100),
                "model",
                Map.of("type", "mlp", "hidden", List.of(16)),
                "train",
                Map.of("epochs", 2, "batch-size", 32),
                "sweep",
                sweep));
    String out = folder.resolve(name).toString();
    TrainRequest.Place place = new TrainRequest.Place("local[2]", null, out, false);
    PrintStream quiet = new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8);
    new SweepJob().run(new SweepRequest(config, place, Resume.NO), quiet);
    return SweepFolder.read(STORAGE, out);
  }

  private RunReport report(String path) throws Exception {
    return RunFolder.read(STORAGE, folder.resolve(path).toString());
  }

  /** One after another in one task they are what they are alone. */
  @Test
  void packedTrialsAreTheSameBits() throws Exception {
    Map<String, Object> space =
        Map.of(
            "optimizer.learning-rate",
            List.of(0.1, 0.01),
            "data.seed",
            List.of(1, 2),
            "model.hidden",
            List.of(List.of(8), List.of(4)));
    SweepReport packed = swept("packed", Map.of("space", space, "pack", 8));
    SweepReport alone = swept("alone", Map.of("space", space, "pack", 1));
    assertThat(packed.trials()).hasSize(8);
    for (int i = 0; i < 8; i++) {
      assertThat(packed.trials().get(i).params()).isEqualTo(alone.trials().get(i).params());
      assertThat(packed.trials().get(i).curve()).isEqualTo(alone.trials().get(i).curve());
      assertThat(packed.trials().get(i).validationLoss())
          .isEqualTo(alone.trials().get(i).validationLoss());
    }
    assertThat(packed.best()).isEqualTo(alone.best());
    assertThat(packed.test()).isEqualTo(alone.test());
  }

  @Test
  void foldsAreMeansAndTheBestIsTrainedOnAll() throws Exception {
    SweepReport sweep =
        swept(
            "folds",
            Map.of(
                "space",
                Map.of("optimizer.learning-rate", List.of(0.1, 0.01)),
                "folds",
                3,
                "retrain",
                "all"));
    for (SweepReport.Trial trial : sweep.trials()) {
      double sum = 0;
      for (int fold = 1; fold <= 3; fold++) {
        RunReport run = report("folds/trials/" + trial.id() + "/fold-" + fold);
        assertThat(Objects.requireNonNull(run.data()).validationCount()).isEqualTo(200);
        assertThat(run.data().trainCount()).isEqualTo(400);
        sum += Objects.requireNonNull(run.history().get(1).validationAccuracy());
      }
      assertThat(trial.value()).isEqualTo(sum / 3);
      assertThat(trial.deviation()).isNotNegative();
    }
    assertThat(Objects.requireNonNull(report("folds/best").data()).trainCount()).isEqualTo(600);
  }

  /** Of one it is that one; of two another answer, tested once. */
  @Test
  void theBestAnswerTogether() throws Exception {
    Map<String, Object> space = Map.of("train.seed", List.of(1, 2, 3));
    SweepReport one = swept("one", Map.of("space", space, "ensemble", 1));
    SweepReport.Ensemble alone = Objects.requireNonNull(one.ensemble());
    assertThat(alone.trials()).containsExactly(Objects.requireNonNull(one.best()).id());
    assertThat(alone.test().accuracy()).isEqualTo(Objects.requireNonNull(one.test()).accuracy());
    assertThat(alone.test().loss()).isCloseTo(one.test().loss(), within(1e-5));
    SweepReport.Ensemble two =
        Objects.requireNonNull(swept("two", Map.of("space", space, "ensemble", 2)).ensemble());
    assertThat(two.trials()).hasSize(2).startsWith(one.best().id());
    assertThat(two.test().loss()).isNotEqualTo(alone.test().loss()).isPositive();
  }

  /** The weights that are kept are those of the epoch that was ranked. */
  @Test
  void theBestEpochIsRankedAndKept() throws Exception {
    SweepReport sweep =
        swept(
            "epoch",
            Map.of(
                "space",
                Map.of("optimizer.learning-rate", List.of(0.4, 0.1)),
                "at",
                "best",
                "metric",
                "validation.loss"));
    SweepReport.Trial best =
        sweep.trials().stream()
            .filter(trial -> trial.id().equals(Objects.requireNonNull(sweep.best()).id()))
            .findFirst()
            .orElseThrow();
    List<Double> curve = Objects.requireNonNull(best.curve());
    assertThat(best.value()).isEqualTo(Math.min(curve.get(0), curve.get(1)));
    assertThat(report("epoch/best").savedEpoch()).isEqualTo(curve.get(0) < curve.get(1) ? 1 : 2);
  }

  private static int shards(RunReport report) {
    return RunConfig.of(report.config()).shards();
  }
}
