package io.kiln.spark.sweep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.kiln.spark.config.RunConfig;
import io.kiln.spark.config.SweepConfig;
import io.kiln.spark.fit.WholeData;
import io.kiln.spark.report.Json;
import io.kiln.spark.report.RunReport;
import io.kiln.spark.report.SweepFolder;
import io.kiln.spark.report.SweepReport;
import io.kiln.spark.store.HadoopStorage;
import io.kiln.spark.train.TrainRun;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrialsTest {
  private static final HadoopStorage STORAGE = new HadoopStorage();

  private static RunConfig config(Map<String, Object> space) {
    return RunConfig.of(
        Map.of(
            "data",
            Map.of("format", "synthetic", "train", 300, "validation", 100, "test", 50),
            "model",
            Map.of(
                "layers",
                List.of(
                    Map.of("type", "flatten"),
                    Map.of("type", "dense", "units", 12),
                    Map.of("type", "dropout", "rate", 0.1),
                    Map.of("type", "dense", "units", 10))),
            "sweep",
            Map.of("strategy", "random", "trials", 400, "space", space)));
  }

  private static Set<String> whole(RunConfig config) throws IOException {
    TrainRun.Prepared prepared =
        new TrainRun.Prepared(config, WholeData.of(config.data(), ".", STORAGE), ".", 1, 1);
    return WholeKeys.of(config, sweep(config), prepared, STORAGE);
  }

  private static SweepConfig sweep(RunConfig config) {
    return Objects.requireNonNull(config.sweep());
  }

  @Test
  void theDearestTrialIsHandedOutFirst() {
    assertThat(Trials.longestFirst(new double[] {1, 5, 3, 5, 0})).containsExactly(1, 3, 2, 0, 4);
  }

  @Test
  void aRangeIsOfWholeNumbersWhereTheKeyIsOne() throws IOException {
    RunConfig config =
        config(
            Map.of(
                "model.layers.1.units", Map.of("min", 4, "max", 40, "scale", "log"),
                "train.batch-size", Map.of("min", 16, "max", 128),
                "train.epochs", Map.of("min", 1.5, "max", 2.5),
                "data.validation", Map.of("min", 50, "max", 150),
                "optimizer.learning-rate", Map.of("min", 1, "max", 2),
                "optimizer.momentum", Map.of("min", 0, "max", 0.9),
                "model.layers.2.rate", Map.of("min", 0, "max", 0.5)));
    assertThat(whole(config))
        .containsExactlyInAnyOrder(
            "model.layers.1.units", "train.batch-size", "train.epochs", "data.validation");
  }

  @Test
  void everyWholeNumberOfARangeIsDrawnEquallyOften() {
    RunConfig config = config(Map.of("train.batch-size", Map.of("min", 1, "max", 4)));
    int[] drawn = new int[5];
    for (Map<String, Object> trial : Trials.of(sweep(config), Set.of("train.batch-size"))) {
      drawn[((Long) Objects.requireNonNull(trial.get("train.batch-size"))).intValue()]++;
    }
    for (int number = 1; number <= 4; number++) {
      assertThat(drawn[number]).isCloseTo(100, within(35));
    }
  }

  @Test
  void drawnWholeNumbersAreFoundAgainInTheReport() throws IOException {
    Map<String, Object> drawn = Map.of("train.batch-size", 64L, "model.hidden", List.of(8L, 16L));
    Map<?, ?> read = Json.read("params", Json.bytes(drawn), Map.class);
    Map<String, Object> again =
        Map.of(
            "train.batch-size", Objects.requireNonNull(read.get("train.batch-size")),
            "model.hidden", Objects.requireNonNull(read.get("model.hidden")));
    assertThat(again).isNotEqualTo(drawn);
    assertThat(EarlierTrials.sameValues(again, drawn)).isTrue();
    assertThat(EarlierTrials.sameValues(again, Map.of("train.batch-size", 65L))).isFalse();
  }

  @Test
  void aSweepThatIsToldToEndDoesNotStayRunningAndBlamesNoTrial(@TempDir Path folder)
      throws IOException {
    String path = folder.resolve("told").toString();
    SweepFolder sweep = SweepFolder.create(STORAGE, path, "told", Map.of(), "validation.accuracy");
    Map<String, Object> values = Map.of("optimizer.learning-rate", 0.1);
    List<SweepReport.Trial> pending =
        List.of(TrialBook.pending("trial-001", values), TrialBook.pending("trial-002", values));
    TrialBook book = new TrialBook(sweep, pending, System.nanoTime());
    book.begins(0);
    book.stop();
    // What comes of Spark's own end.
    book.failed(0, "SparkContext has been shutdown");
    book.begins(1);
    book.write(RunReport.Status.SUCCEEDED, null, null, null);
    SweepReport report = SweepFolder.read(STORAGE, path);
    assertThat(report.status()).isEqualTo(RunReport.Status.FAILED);
    assertThat(report.error()).isEqualTo("stopped on request; go on with --resume");
    assertThat(report.trials()).isEqualTo(pending);
  }
}
