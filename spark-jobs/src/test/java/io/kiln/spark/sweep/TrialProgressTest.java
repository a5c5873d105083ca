package io.kiln.spark.sweep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.kiln.spark.report.Progress;
import io.kiln.spark.report.SweepFolder;
import io.kiln.spark.search.Suggestion;
import io.kiln.spark.store.HadoopStorage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Trials of nine epochs, under a clock that the test moves. */
class TrialProgressTest {
  private static final HadoopStorage STORAGE = new HadoopStorage();
  private static final int[] COSTS = {10, 60, 10, 10, 5, 5};
  private static final Packing PACKING = new Packing(0, true, TrialProgressTest::cost, values -> 9);

  @TempDir Path folder;

  private static double cost(Map<String, Object> values) {
    return COSTS[Integer.parseInt(String.valueOf(values.get("model.units")))];
  }

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
  private long nanos;

  private TrialBook book(Map<String, Object> sweep, int trials, int epochs) throws IOException {
    TrialBook book =
        Books.of(
            SweepFolder.create(STORAGE, folder.toString(), "s", Map.of(), "validation.accuracy"),
            sweep);
    for (int i = 0; i < trials; i++) {
      Map<String, Object> values = new LinkedHashMap<>();
      values.put("optimizer.learning-rate", 0.03);
      values.put("model.units", i);
      book.suggested(new Suggestion(i, values, epochs));
    }
    return book;
  }

  private TrialProgress progress(TrialBook book, Map<String, Object> sweep, boolean live) {
    int[] rungs = sweep.containsValue("asha") ? new int[] {1, 3, 9} : new int[0];
    SweepWork work = new SweepWork(book, Books.sweep(sweep), rungs, 6, PACKING);
    Progress line = new Progress(out, live, () -> nanos);
    return new TrialProgress(book, work, 6, PACKING, line, () -> nanos);
  }

  private void pass(int seconds) {
    nanos += seconds * 1_000_000_000L;
  }

  private String text() {
    return bytes.toString(StandardCharsets.UTF_8);
  }

  /** The rows that a terminal shows after what it was told. */
  private List<String> screen() {
    List<String> rows = new ArrayList<>();
    int row = 0;
    String told = text().replaceAll("\033\\[\\?7[lh]", "").replaceAll("\033\\[K", "");
    for (String piece : told.split("(?<=\n)|(?=\r)|(?=\033)", -1)) {
      if (piece.startsWith("\033[J")) {
        rows.subList(Math.min(row, rows.size()), rows.size()).clear();
      } else if (piece.startsWith("\033[")) {
        int end = piece.indexOf('A');
        row -= Integer.parseInt(piece.substring(2, end));
        piece = piece.substring(end + 1);
      }
      if (piece.endsWith("\n")) {
        while (rows.size() <= row) {
          rows.add("");
        }
        rows.set(row++, piece.strip());
      }
    }
    return rows;
  }

  @Test
  void aLogHasALineOfWhatRunsAndHowFarItIs() throws IOException {
    TrialBook book = book(Map.of(), 6, Suggestion.WHOLE);
    TrialProgress progress = progress(book, Map.of(), false);
    pass(10);
    progress.begins("a", Books.part(1));
    assertThat(text().strip()).isEqualTo("0 of 6 trials done; running trial-002 0 %");
    pass(1);
    progress.begins("b", Books.part(0));
    assertThat(text().lines()).as("one in ten seconds").hasSize(1);
    pass(9);
    progress.counted(Books.part(0), 1);
    book.ended(PartEnd.failed(Books.part(0), 9, 1, 0, "", "diverged"));
    pass(10);
    progress.ended(Books.part(0));
    progress.counted(Books.part(1), 0.25);
    pass(10);
    progress.counted(Books.part(1), 0.5);
    // Of 100 units 40 are done in thirty seconds.
    assertThat(text().lines().reduce((a, b) -> b).orElseThrow())
        .isEqualTo("1 of 6 trials done; running trial-002 50 %; ~45 s left");
    for (int i = 2; i < 6; i++) {
      progress.begins("c" + i, Books.part(i));
    }
    pass(10);
    progress.counted(Books.part(2), 0.5);
    assertThat(text().lines().reduce((a, b) -> b).orElseThrow())
        .startsWith(
            "1 of 6 trials done; running trial-002 50 %, trial-003 50 %, trial-004 0 %,"
                + " trial-005 0 % and 1 more; ");
    assertThat(text()).doesNotContain("\033").doesNotContain("\r");
  }

  @Test
  void aTerminalHasALineASlot() throws IOException {
    TrialBook book = book(Map.of(), 6, Suggestion.WHOLE);
    TrialProgress progress = progress(book, Map.of(), true);
    pass(1);
    progress.begins("a", Books.part(0));
    pass(1);
    progress.begins("b", Books.part(1));
    assertThat(screen())
        .containsExactly(
            "░".repeat(24) + " 0 of 6 trials done",
            "1  trial-001  epoch   1/9              learning-rate 0.03, units 0",
            "2  trial-002  epoch   1/9              learning-rate 0.03, units 1");
    pass(6);
    progress.counted(Books.part(1), 0.4);
    progress.epoch(Books.part(1), 3, 0.51);
    pass(1);
    progress.epoch(Books.part(1), 4, 0.49);
    book.ended(Books.ended(Books.part(0), 9, 0.75));
    pass(1);
    progress.ended(Books.part(0));
    // Of 100 units 10 and 4/9 of 60 are done in nine seconds.
    assertThat(screen())
        .containsExactly(
            "████" + "░".repeat(20) + " 1 of 6 trials done; best trial-001 75.00 %; ~16 s left",
            "1  –",
            "2  trial-002  epoch   5/9     51.00 %  learning-rate 0.03, units 1");
    pass(1);
    progress.begins("b", Books.part(2));
    assertThat(screen())
        .hasSize(3)
        .element(2)
        .isEqualTo("2  trial-003  epoch   1/9              learning-rate 0.03, units 2");
  }

  /** With the whole at 1, 3, 9 epochs and one of three going on it is 1 + 2/3 + 6/9 epochs. */
  @Test
  void halvingIsExpectedToStopMostTrials() throws IOException {
    assertThat(SweepWork.expected(new int[] {1, 3, 9}, 3)).isCloseTo(7 / 27.0, within(1e-12));

    Map<String, Object> asha = Map.of("strategy", "asha", "trials", 6);
    TrialBook book = book(asha, 1, 1);
    TrialProgress progress = progress(book, asha, true);
    progress.begins("a", new Part(0, -1, 1));
    pass(9);
    book.ended(Books.ended(new Part(0, -1, 1), 1, 0.5));
    progress.ended(new Part(0, -1, 1));
    // One epoch took nine seconds; of six trials there are 6 · 21/9 = 14 to be expected.
    assertThat(screen().get(0)).endsWith("best trial-001 50.00 %; ~1 min 57 s left");
  }

  @Test
  void whatAnEarlierDriverDidIsNoSpeedOfThisOne() throws IOException {
    TrialBook book = book(Map.of(), 6, Suggestion.WHOLE);
    book.ended(Books.ended(Books.part(1), 9, 0.75));
    TrialProgress progress = progress(book, Map.of(), true);
    pass(100);
    progress.begins("a", Books.part(0));
    pass(10);
    progress.counted(Books.part(0), 1);
    assertThat(screen().get(0)).endsWith("; ~30 s left");
  }

  @Test
  void theLimitOfTimeIsTheMostThatIsLeft() throws IOException {
    Map<String, Object> limited = Map.of("time", "12 s");
    TrialBook book = book(limited, 1, Suggestion.WHOLE);
    TrialProgress progress = progress(book, limited, true);
    progress.begins("a", Books.part(0));
    pass(10);
    progress.counted(Books.part(0), 0.5);
    // Ten seconds of this trial; five more trials would be ninety.
    assertThat(screen().get(0)).endsWith("; ~12 s left");
  }

  @Test
  void keysAreShortWhereThatIsClear() {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("model.layers.0.units", 3);
    values.put("model.layers.1.units", 4);
    values.put("optimizer.learning-rate", 1e-5);
    assertThat(Lanes.shortly(values))
        .isEqualTo("model.layers.0.units 3, model.layers.1.units 4, learning-rate 1.00e-05");
  }
}
