package io.kiln.spark.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.kiln.spark.report.RunReport.Baseline;
import io.kiln.spark.report.RunReport.Epoch;
import io.kiln.spark.report.RunReport.Score;
import io.kiln.spark.report.RunReport.Status;
import io.kiln.spark.report.SweepReport.Trial;
import io.kiln.spark.report.SweepReport.TrialStatus;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class VerdictTest {
  /** Validation is best at epoch 2 of 4. */
  private static RunReportBuilder run() {
    RunReportBuilder report = Samples.begun().change();
    double[] validation = {0.7, 0.84, 0.75, 0.73};
    double[] train = {0.7, 0.8, 0.76, 0.75};
    for (int i = 0; i < 4; i++) {
      report.epoch(new Epoch(i + 1, 10L * (i + 1), 0.5, train[i], 0.5, validation[i], 0.1, 1, 100));
    }
    return report;
  }

  private static RunReport.Test test(double accuracy, long of) {
    long right = Math.round(accuracy * of);
    List<List<Long>> confusion = List.of(List.of(right, of - right), List.of(0L, 0L));
    return new RunReport.Test(0.5, accuracy, confusion, null, null, null);
  }

  private static String text(RunReport report) {
    Verdict verdict = Verdict.of(report);
    return verdict.headline()
        + " "
        + String.join(" ", verdict.findings().stream().map(Verdict.Finding::text).toList());
  }

  @Test
  void itSpeaksOfTheEpochThatWasSavedNotOfTheBest() {
    RunReport report = run().savedEpoch(4).test(test(0.73, 1000)).succeeded().report();
    assertThat(text(report))
        .contains("Validation agrees: 73.00 % at epoch 4, training 75.00 %")
        .contains(
            "Validation was best at epoch 2 (84.00 %) but the saved weights are those of epoch 4"
                + " (73.00 %): train.early-stopping keeps the best.")
        .doesNotContain("points worse than validation");
    assertThat(RunPage.html(report)).contains("epoch 4 of 4; best: epoch 2");
  }

  @Test
  void weightsOfTheBestEpochAreJudgedByIt() {
    RunReport report = run().savedEpoch(2).test(test(0.73, 1000)).succeeded().report();
    assertThat(text(report))
        .contains("In validation: 84.00 % at epoch 2, training 80.00 %.")
        .contains("The test set is 11.0 points worse than validation")
        .doesNotContain("no sign of overfitting")
        .doesNotContain("early-stopping keeps the best");
  }

  @Test
  void aFallingTrainingLossAloneSaysNothingOfMoreEpochs() {
    RunReportBuilder falling = Samples.begun().change();
    RunReportBuilder validated = Samples.begun().change();
    for (int i = 0; i < 4; i++) {
      double loss = 2.0 - 0.4 * i;
      falling.epoch(new Epoch(i + 1, 10L * (i + 1), loss, 0.5, null, null, 0.1, 1, 100));
      validated.epoch(new Epoch(i + 1, 10L * (i + 1), loss, 0.5, loss, 0.4 + 0.1 * i, 0.1, 1, 100));
    }
    RunReport alone = falling.succeeded().report();
    assertThat(text(alone)).doesNotContain("still improving");
    assertThat(RunPage.html(alone).split(">Training loss<", -1)).as("one tile").hasSize(2);
    assertThat(text(validated.succeeded().report())).contains("It was still improving");
  }

  @Test
  void whatIsNoBetterThanTheMostFrequentClassIsBad() {
    Baseline always = new Baseline("the most frequent class 'no'", null, score(0.9, null));
    RunReport report = run().baseline(always).test(test(0.905, 1000)).succeeded().report();
    assertThat(Verdict.of(report).level()).isEqualTo(Verdict.Level.BAD);
    assertThat(text(report))
        .contains(
            "hardly better than always answering the most frequent class 'no', which is right for"
                + " 90.00 % of the test samples");
    RunReport better = run().baseline(always).test(test(0.95, 1000)).succeeded().report();
    assertThat(text(better)).doesNotContain("hardly better");
  }

  @Test
  void whatIsNoBetterThanTheMeanIsBad() {
    Baseline always = new Baseline("the mean 206856", null, score(null, 115_400.0));
    RunReport report =
        Samples.begun()
            .change()
            .baseline(always)
            .test(new RunReport.Test(1, null, null, 185_760.0, 1.0, -1.6))
            .succeeded()
            .report();
    assertThat(text(report))
        .contains("hardly better than always answering the mean 206856, which is off by 115400");
    assertThat(RunPage.html(report)).contains("baseline 115400").contains("always the mean 206856");
  }

  private static Score score(@Nullable Double accuracy, @Nullable Double rmse) {
    return new Score(1.0, accuracy, rmse, rmse);
  }

  @Test
  void aSweepSaysThatItsBestIsWorseOnTheTestSet() {
    SweepReport report = sweep("validation.accuracy", 0.84, 0.4, test(0.69, 100));
    assertThat(SweepPage.html(report))
        .contains("The best trial had 84.00 % validation accuracy")
        .contains("69.00 % on the test set");
    assertThat(Summary.of(report)).contains("  - The best trial had 84.00 %");
    assertThat(SweepPage.html(sweep("validation.accuracy", 0.84, 0.4, test(0.81, 100))))
        .doesNotContain("The best trial had");
    RunReport.Test numbers = new RunReport.Test(0.6, null, null, 0.77, 0.5, 0.3);
    assertThat(SweepPage.html(sweep("validation.loss", null, 0.4, numbers)))
        .contains("The best trial had 0.4 validation loss");
  }

  private static SweepReport sweep(
      String metric, @Nullable Double accuracy, double loss, RunReport.Test test) {
    Map<String, Object> params = Map.of("optimizer.learning-rate", 0.1);
    Trial trial =
        new Trial(
            "t001", params, TrialStatus.SUCCEEDED, 1, accuracy, loss, 1, "a", 0.0, List.of(), null);
    return new SweepReport(
        Status.SUCCEEDED,
        "sweep",
        "2026-11-21T03:15:00Z",
        null,
        Map.of(),
        metric,
        List.of(trial),
        new SweepReport.Best("t001", params),
        test,
        0.9,
        1.0);
  }
}
