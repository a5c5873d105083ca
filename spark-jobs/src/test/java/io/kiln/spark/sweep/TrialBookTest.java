package io.kiln.spark.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import io.kiln.spark.report.RunReport;
import io.kiln.spark.report.SweepFolder;
import io.kiln.spark.report.SweepReport.Trial;
import io.kiln.spark.store.HadoopStorage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A trial is judged by the epoch whose weights it ended with. */
class TrialBookTest {
  @TempDir Path folder;

  private TrialBook book;

  @BeforeEach
  void open() {
    SweepFolder sweep =
        SweepFolder.create(
            new HadoopStorage(),
            folder.resolve("s").toString(),
            "s",
            Map.of(),
            "validation.accuracy");
    book =
        new TrialBook(
            sweep,
            List.of(TrialBook.pending("a", Map.of()), TrialBook.pending("b", Map.of())),
            System.nanoTime());
  }

  private Trial trained(int trial, int kept, double... accuracies) throws IOException {
    var run =
        RunReport.begun(
                "t",
                "t",
                "2026-01-01T00:00:00Z",
                Map.of(),
                new RunReport.Environment("1", "4", "17", 1, List.of()))
            .change();
    for (int i = 0; i < accuracies.length; i++) {
      run =
          run.epoch(
              new RunReport.Epoch(i + 1, i + 1L, 1.0, null, 0.5, accuracies[i], 0.1, 1.0, 1.0));
    }
    return book.succeeded(trial, run.report(), kept, "0@here", 1);
  }

  @Test
  void aTrialThatGotWorseLosesToASteadyOne() throws IOException {
    trained(0, 3, .5, .9, .6);
    trained(1, 3, .7, .7, .7);
    assertThat(Objects.requireNonNull(book.best()).id()).isEqualTo("b");
  }

  @Test
  void anEarlierEpochCountsIfItsWeightsWereKept() throws IOException {
    Trial stopped = trained(0, 2, .5, .8, .6);
    trained(1, 3, .7, .7, .7);
    assertThat(stopped.validationAccuracy()).isEqualTo(.8);
    assertThat(stopped.epochs()).isEqualTo(3);
    assertThat(Objects.requireNonNull(book.best()).id()).isEqualTo("a");
  }

  @Test
  void aNumberThatIsNoneIsNeverTheBest() throws IOException {
    trained(0, 1, Double.NaN);
    assertThat(book.best()).isNull();
    trained(1, 1, .1);
    assertThat(Objects.requireNonNull(book.best()).id()).isEqualTo("b");
  }
}
