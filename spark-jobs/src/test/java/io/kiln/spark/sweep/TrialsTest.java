package io.kiln.spark.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import io.kiln.spark.config.ConfigHash;
import io.kiln.spark.report.Json;
import io.kiln.spark.report.RunReport;
import io.kiln.spark.report.SweepFolder;
import io.kiln.spark.report.SweepReport;
import io.kiln.spark.search.Suggestion;
import io.kiln.spark.store.HadoopStorage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrialsTest {
  private static final HadoopStorage STORAGE = new HadoopStorage();

  @Test
  void drawnWholeNumbersAreFoundAgainInTheReport() throws IOException {
    Map<String, Object> drawn = Map.of("train.batch-size", 64L, "model.hidden", List.of(8L, 16L));
    Map<?, ?> read = Json.read("params", Json.bytes(drawn), Map.class);
    Map<String, Object> again =
        Map.of(
            "train.batch-size", Objects.requireNonNull(read.get("train.batch-size")),
            "model.hidden", Objects.requireNonNull(read.get("model.hidden")));
    assertThat(again).isNotEqualTo(drawn);
    assertThat(ConfigHash.canonical(again))
        .isEqualTo(ConfigHash.canonical(drawn))
        .isNotEqualTo(ConfigHash.canonical(Map.of("train.batch-size", 65L)));
  }

  @Test
  void aSweepThatIsToldToEndDoesNotStayRunningAndBlamesNoTrial(@TempDir Path folder)
      throws IOException {
    String path = folder.resolve("told").toString();
    SweepFolder sweep = SweepFolder.create(STORAGE, path, "told", Map.of(), "validation.accuracy");
    Map<String, Object> values = Map.of("optimizer.learning-rate", 0.1);
    TrialBook book = Books.of(sweep, Map.of());
    book.suggested(new Suggestion(0, values, Suggestion.WHOLE));
    book.suggested(new Suggestion(1, values, Suggestion.WHOLE));
    book.begins(0);
    book.stop();
    // What comes of Spark's own end.
    book.ended(PartEnd.failed(Books.part(0), 0, 1, 0, "", "SparkContext has been shutdown"));
    book.write(RunReport.Status.SUCCEEDED, null, null, null);
    SweepReport report = SweepFolder.read(STORAGE, path);
    assertThat(report.status()).isEqualTo(RunReport.Status.FAILED);
    assertThat(report.error()).isEqualTo("stopped on request; go on with --resume");
    assertThat(report.trials())
        .extracting(SweepReport.Trial::status)
        .containsExactly(SweepReport.TrialStatus.PENDING, SweepReport.TrialStatus.PENDING);
    assertThat(report.trials()).extracting(SweepReport.Trial::error).containsOnlyNulls();
  }
}
