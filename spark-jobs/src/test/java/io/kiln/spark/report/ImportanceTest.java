package io.kiln.spark.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.kiln.spark.report.SweepReport.Trial;
import io.kiln.spark.report.SweepReport.TrialStatus;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What the sweep's page computes from trials. */
class ImportanceTest {
  private interface Metric {
    double of(double rate, double width, double idle);
  }

  private static SweepReport sweep(int n, Metric metric) {
    Random random = new Random(7);
    List<Trial> trials = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      double rate = Math.pow(10, -4 + 3 * random.nextDouble());
      long width = 8L << random.nextInt(6);
      double idle = random.nextDouble();
      Map<String, Object> params = new LinkedHashMap<>();
      params.put("rate", rate);
      params.put("width", width);
      params.put("idle", idle);
      double value = metric.of(Math.log10(rate), Math.log((double) width) / Math.log(2), idle);
      trials.add(
          new Trial(
              "t" + i, params, TrialStatus.SUCCEEDED, 1, value, null, 1, "e", 0.0, null, null));
    }
    return new SweepReport(
        RunReport.Status.SUCCEEDED,
        "s",
        "2026-11-29T20:00:00Z",
        null,
        Map.of(),
        "validation.accuracy",
        trials,
        null,
        null,
        null,
        null);
  }

  private static Map<String, Double> importance(int n, Metric metric) {
    return Objects.requireNonNull(Importance.of(Ranking.of(sweep(n, metric))));
  }

  @Test
  void theKeyThatDecidesIsTheImportantOne() {
    Map<String, Double> shares = importance(120, (rate, width, idle) -> -rate * rate);
    assertThat(shares.get("rate")).isGreaterThan(0.8);
    assertThat(shares.get("idle")).isLessThan(0.1);
  }

  @Test
  void twoKeysThatAddUpShareTheVariance() {
    // Over the cube, the log10 of the rate has 3²/12, the log2 of the width 5²/12 · (3/5)²: equal.
    Map<String, Double> shares = importance(300, (rate, width, idle) -> rate + 0.6 * width);
    assertThat(shares.get("rate")).isBetween(0.3, 0.65);
    assertThat(shares.get("width")).isBetween(0.3, 0.65);
  }

  @Test
  void keysThatOnlyWorkTogetherLeaveARest() {
    Map<String, Double> shares =
        importance(300, (rate, width, idle) -> (rate < -2.5) == (idle < 0.5) ? 1 : 0);
    double alone = shares.values().stream().mapToDouble(Double::doubleValue).sum();
    assertThat(alone).isLessThan(0.5);
  }

  @Test
  void fewTrialsAndEqualOnesSayNothing() {
    assertThat(Importance.of(Ranking.of(sweep(5, (rate, width, idle) -> rate)))).isNull();
    assertThat(Importance.of(Ranking.of(sweep(50, (rate, width, idle) -> 1)))).isNull();
  }

  @Test
  void aRateIsOnALogarithmicAxisByItsValues() {
    Ranking ranking = Ranking.of(sweep(60, (rate, width, idle) -> rate));
    ParamAxis rate = Objects.requireNonNull(ParamAxis.of(ranking, "rate"));
    assertThat(rate.log()).isTrue();
    assertThat(rate.numeric()).isTrue();
    assertThat(rate.place(rate.least())).isEqualTo(0.0);
    assertThat(rate.place(rate.most())).isEqualTo(1.0);
    assertThat(rate.place(Math.sqrt(rate.least() * rate.most()))).isBetween(0.4999, 0.5001);
    assertThat(rate.ticks(ranking).size()).isBetween(2, 8);
    ParamAxis width = Objects.requireNonNull(ParamAxis.of(ranking, "width"));
    assertThat(width.ticks(ranking)).extracting(ParamAxis.Tick::label).contains("8", "256");
  }

  @Test
  void namesThatAreNoNumbersAreCategories() {
    SweepReport report = Samples.sweep();
    Ranking ranking = Ranking.of(report);
    ParamAxis hidden = Objects.requireNonNull(ParamAxis.of(ranking, "model.hidden"));
    assertThat(hidden.numeric()).isTrue(); // lists of one number
    assertThat(hidden.log()).isTrue();
  }

  @Test
  void blanksAndNewlinesCanBeSeen() {
    assertThat(ClassLabels.visible(" ")).isEqualTo("␣");
    assertThat(ClassLabels.visible("\n")).isEqualTo("⏎");
    assertThat(ClassLabels.visible("\t")).isEqualTo("⇥");
    assertThat(ClassLabels.visible("")).isEqualTo("(empty)");
    assertThat(ClassLabels.visible("two words ")).isEqualTo("two words␣");
    assertThat(ClassLabels.visible("\u0001")).isEqualTo("␁");
    assertThat(ClassLabels.visible("\u00a0")).isEqualTo("⍽");
    assertThat(ClassLabels.visible("\u200b")).isEqualTo("U+200B");
    assertThat(ClassLabels.visible("é猫")).isEqualTo("é猫");
  }
}
