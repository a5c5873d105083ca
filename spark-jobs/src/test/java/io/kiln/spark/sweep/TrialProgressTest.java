package io.kiln.spark.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import io.kiln.spark.report.Progress;
import io.kiln.spark.report.SweepFolder;
import io.kiln.spark.search.Suggestion;
import io.kiln.spark.store.HadoopStorage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrialProgressTest {
  private static final HadoopStorage STORAGE = new HadoopStorage();

  @TempDir Path folder;

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
  private long nanos;

  private TrialBook book(int trials) throws IOException {
    TrialBook book =
        Books.of(
            SweepFolder.create(STORAGE, folder.toString(), "s", Map.of(), "validation.accuracy"),
            Map.of());
    for (int i = 0; i < trials; i++) {
      book.suggested(new Suggestion(i, Map.of(), Suggestion.WHOLE));
    }
    return book;
  }

  private String last() {
    String[] lines = bytes.toString(StandardCharsets.UTF_8).split("\r", -1);
    return lines[lines.length - 1].strip();
  }

  @Test
  void theLineNamesWhatRunsAndHowFarItIs() throws IOException {
    TrialBook book = book(6);
    double[] costs = {10, 60, 10, 10, 5, 5};
    TrialProgress progress =
        new TrialProgress(book, costs, new Progress(out, true, () -> nanos), () -> nanos);
    nanos += 1_000_000_000L;
    progress.begins(1);
    assertThat(last()).isEqualTo("0 of 6 trials done; running trial-002 0 %");
    nanos += 1_000_000_000L;
    progress.begins(0);
    assertThat(last()).isEqualTo("0 of 6 trials done; running trial-001 0 %, trial-002 0 %");
    nanos += 8_000_000_000L;
    progress.counted(0, 1);
    book.ended(PartEnd.failed(Books.part(0), 0, 1, 0, "", "diverged"));
    progress.ended(0);
    nanos += 10_000_000_000L;
    progress.counted(1, 0.25);
    // A quarter of the work is done in twenty seconds.
    assertThat(last()).isEqualTo("1 of 6 trials done; running trial-002 25 %; ~1 min 0 s left");
    for (int i = 2; i < 6; i++) {
      progress.begins(i);
    }
    nanos += 1_000_000_000L;
    progress.counted(2, 0.5);
    assertThat(last())
        .startsWith(
            "1 of 6 trials done; running trial-002 25 %, trial-003 50 %, trial-004 0 %,"
                + " trial-005 0 % and 1 more; ");
    progress.counted(0, 0.5); // it has ended
  }
}
