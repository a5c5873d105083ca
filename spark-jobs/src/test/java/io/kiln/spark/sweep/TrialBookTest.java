package io.kiln.spark.sweep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.kiln.spark.report.SweepFolder;
import io.kiln.spark.report.SweepReport;
import io.kiln.spark.report.SweepReport.Trial;
import io.kiln.spark.report.SweepReport.TrialStatus;
import io.kiln.spark.search.Observation;
import io.kiln.spark.search.Suggestion;
import io.kiln.spark.store.HadoopStorage;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrialBookTest {
  @TempDir Path folder;

  private TrialBook book(Map<String, Object> settings) {
    return Books.of(
        SweepFolder.create(
            new HadoopStorage(),
            folder.resolve("s").toString(),
            "s",
            Map.of(),
            "validation.accuracy"),
        settings);
  }

  private static void suggest(TrialBook book, int trial, int epochs) {
    book.suggested(new Suggestion(trial, Map.of("x", trial), epochs));
  }

  @Test
  void aNumberThatIsNoneIsNeverTheBest() {
    TrialBook book = book(Map.of());
    suggest(book, 0, Suggestion.WHOLE);
    suggest(book, 1, Suggestion.WHOLE);
    Observation none = book.ended(Books.ended(Books.part(0), 9, null));
    assertThat(Objects.requireNonNull(none).merit()).isNaN();
    assertThat(book.best()).isNull();
    book.ended(Books.ended(Books.part(1), 9, .1));
    assertThat(Objects.requireNonNull(book.best()).id()).isEqualTo("trial-002");
  }

  @Test
  void aFailedTrialHasItsReasonAndRanksLast() {
    TrialBook book = book(Map.of());
    suggest(book, 0, Suggestion.WHOLE);
    suggest(book, 1, Suggestion.WHOLE);
    book.ended(PartEnd.failed(Books.part(0), 0, 1, 0, "0@here", "the loss is NaN"));
    book.ended(Books.ended(Books.part(1), 9, .1));
    assertThat(book.trial(0).status()).isEqualTo(TrialStatus.FAILED);
    assertThat(book.trial(0).error()).isEqualTo("the loss is NaN");
    assertThat(book.best(5)).extracting(Trial::id).containsExactly("trial-002");
  }

  @Test
  void aTrialIsTheMeanOfItsFoldsAndWaitsForAll() {
    TrialBook book = book(Map.of("folds", 3));
    suggest(book, 0, Suggestion.WHOLE);
    double[] values = {.7, .8, .9};
    for (int fold = 0; fold < 3; fold++) {
      Observation what =
          book.ended(Books.ended(new Part(0, fold, Suggestion.WHOLE), 9, values[fold]));
      assertThat(what == null).isEqualTo(fold < 2);
    }
    Trial trial = book.trial(0);
    assertThat(trial.value()).isCloseTo(.8, within(1e-12));
    assertThat(trial.deviation()).isCloseTo(.1, within(1e-12)); // of three, by two
    assertThat(trial.status()).isEqualTo(TrialStatus.SUCCEEDED);
    assertThat(book.epochs()).isEqualTo(27);
  }

  /** What is promoted from a rung goes on; its epochs count once. */
  @Test
  void aTrialRestsAtRungsAndOneThatIsWholeBeatsOneThatRests() {
    TrialBook book = book(Map.of("strategy", "asha"));
    suggest(book, 0, 1);
    suggest(book, 1, 1);
    book.ended(Books.ended(new Part(0, -1, 1), 1, .6));
    book.ended(Books.ended(new Part(1, -1, 1), 1, .5));
    assertThat(book.trial(0).status()).isEqualTo(TrialStatus.STOPPED);
    assertThat(Objects.requireNonNull(book.best()).id()).isEqualTo("trial-001");
    suggest(book, 1, 3);
    book.ended(Books.ended(new Part(1, -1, 3), 3, .55));
    suggest(book, 1, Suggestion.WHOLE);
    book.ended(Books.ended(Books.part(1), 9, .58));
    assertThat(Objects.requireNonNull(book.best()).id()).isEqualTo("trial-002");
    assertThat(book.trial(1).rungs())
        .containsExactly(
            new SweepReport.Rung(1, .5, 0, true),
            new SweepReport.Rung(3, .55, 0, true),
            new SweepReport.Rung(9, .58, 0, false));
    assertThat(book.epochs()).isEqualTo(10);
  }
}
