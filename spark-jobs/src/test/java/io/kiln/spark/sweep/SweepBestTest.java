package io.kiln.spark.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import io.kiln.spark.config.Resume;
import io.kiln.spark.config.RunConfig;
import io.kiln.spark.config.SweepRequest;
import io.kiln.spark.config.TrainRequest;
import io.kiln.spark.report.RunFolder;
import io.kiln.spark.report.RunReport;
import io.kiln.spark.store.HadoopStorage;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
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

  private static int shards(RunReport report) {
    return RunConfig.of(report.config()).shards();
  }
}
