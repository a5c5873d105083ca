package io.kiln.spark.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class SummaryTest {
  @Test
  void aRunIsSummedUp() {
    assertThat(Summary.of(Samples.classification()))
        .startsWith("mnist-mlp  succeeded\n  98.12 % of the test samples are right.\n")
        .contains("train loss           █")
        .contains("test             accuracy 98.12 %, loss 0.0633")
        .contains(
            "baseline         always the most frequent class 1: accuracy 11.35 %, loss 2.3012")
        .contains("203,530");
    assertThat(Summary.of(Samples.regression()))
        .contains("test             RMSE 0.5477, MAE 0.41, R² 0.87, loss 0.3")
        .contains("baseline         always the mean 22.5: RMSE 9.2, MAE 6.6, loss 84.6");
  }

  @Test
  void aSweepIsATableBestFirst() {
    assertThat(Summary.of(Samples.sweep()))
        .contains("Best: t014, model.hidden [512], optimizer.learning-rate 0.1.")
        .containsSubsequence("1  t014", "2  t017")
        .contains("slots busy       87 %");
  }

  @Test
  void aSparklineHasGapsWhereThereIsNoNumber() {
    assertThat(Numbers.sparkline(List.of(0.0, Double.NaN, 7.0), 10)).isEqualTo("▁ █");
    assertThat(Numbers.sparkline(List.of(1.0, 1.0), 10)).isEqualTo("▄▄");
    assertThat(Numbers.sparkline(List.of(), 10)).isEmpty();
  }

  @Test
  void numbersAreForPeople() {
    assertThat(Numbers.magnitude(407_000)).isEqualTo("407 k");
    assertThat(Numbers.magnitude(1_234_000_000.0)).isEqualTo("1.23 G");
    assertThat(Numbers.duration(192)).isEqualTo("3 min 12 s");
    assertThat(Numbers.duration(7260)).isEqualTo("2 h 1 min");
    assertThat(Numbers.loss(Double.NaN)).isEqualTo("not a number");
    assertThat(Numbers.loss(1.5e-7)).isEqualTo("1.500e-07");
    assertThat(Numbers.setting(0.1)).isEqualTo("0.1");
  }

  @Test
  void manyClassesAreDrawnSmallOrNotAtAll() {
    var random = new java.util.Random(3);
    assertThat(ConfusionView.of(Samples.confusion(40, 50, 0.1, random), null, null))
        .containsEntry("size", "small");
    assertThat(ConfusionView.of(Samples.confusion(120, 5, 0.5, random), null, null))
        .containsEntry("hasMatrix", false);
  }
}
