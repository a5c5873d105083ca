package io.kiln.nn.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.kiln.nn.tensor.DType;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.Tensor;
import java.util.List;
import org.junit.jupiter.api.Test;

class MetricsTest {
  private static final Tensor SCORES =
      Tensor.of(
          DType.FLOAT32, Shape.of(4, 3), 5, 1, 2, 0, 3, 3, -1, -2, Double.NaN, Double.NaN, 0, 7);
  private static final Tensor TARGET = Tensor.of(DType.FLOAT32, Shape.of(4), 0, 2, 1, 0);

  @Test
  void bestIsTheFirstLargestAndNeverNaN() {
    assertThat(Scores.best(SCORES, 0)).isZero();
    assertThat(Scores.best(SCORES, 1)).isEqualTo(1);
    assertThat(Scores.best(SCORES, 2)).isZero();
    assertThat(Scores.best(SCORES, 3)).isEqualTo(2);
    Tensor single = Tensor.of(DType.FLOAT32, Shape.of(2, 1), -0.5, 0.5);
    assertThat(Scores.best(single, 0)).isZero();
    assertThat(Scores.best(single, 1)).isEqualTo(1);
  }

  @Test
  void topKCountsRanks() {
    TopK one = new TopK(1);
    TopK two = new TopK(2);
    one.add(SCORES, TARGET, 4);
    two.add(SCORES, TARGET, 4);
    assertThat(one.accuracy()).isEqualTo(0.25);
    assertThat(two.accuracy()).isEqualTo(0.75);
    assertThatThrownBy(() -> new TopK(0)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void confusionMatrixGivesPrecisionRecallAndF1() {
    ConfusionMatrix matrix = new ConfusionMatrix(3);
    int[][] counts = {{5, 1, 0}, {2, 6, 0}, {1, 0, 0}};
    for (int actual = 0; actual < 3; actual++) {
      for (int predicted = 0; predicted < 3; predicted++) {
        for (int i = 0; i < counts[actual][predicted]; i++) {
          matrix.add(actual, predicted);
        }
      }
    }
    assertThat(matrix.total()).isEqualTo(15);
    assertThat(matrix.accuracy()).isEqualTo(11 / 15.0);
    assertThat(matrix.precision(0)).isEqualTo(5 / 8.0);
    assertThat(matrix.recall(0)).isEqualTo(5 / 6.0);
    assertThat(matrix.f1(0)).isCloseTo(10 / 14.0, within(1e-12));
    assertThat(matrix.precision(2)).isZero();
    assertThat(matrix.f1(2)).isZero();
    assertThat(matrix.macroF1()).isCloseTo((10 / 14.0 + 12 / 15.0) / 3, within(1e-12));
    assertThat(matrix.rows()).containsExactly(row(5, 1, 0), row(2, 6, 0), row(1, 0, 0));
    assertThatThrownBy(() -> matrix.add(3, 0))
        .hasMessage("confusion matrix: class 3 taken for 0 came but classes are 0 to 2");
  }

  @Test
  void partsMergeToTheWhole() {
    Sums[] wholes = {new ConfusionMatrix(3), new TopK(2)};
    Sums[] firsts = {new ConfusionMatrix(3), new TopK(2)};
    Sums[] seconds = {new ConfusionMatrix(3), new TopK(2)};
    feed(wholes, SCORES, TARGET);
    feed(firsts, SCORES.rows(0, 1), TARGET.rows(0, 1));
    feed(seconds, SCORES.rows(1, 4), TARGET.rows(1, 4));
    for (int i = 0; i < wholes.length; i++) {
      firsts[i].merge(seconds[i].sums());
      assertThat(firsts[i].sums()).isEqualTo(wholes[i].sums());
      Sums each = firsts[i];
      assertThatThrownBy(() -> each.merge(new double[77]))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  private static void feed(Sums[] metrics, Tensor scores, Tensor target) {
    int rows = target.count();
    ((ConfusionMatrix) metrics[0]).add(scores, target, rows);
    ((TopK) metrics[1]).add(scores, target, rows);
  }

  private static List<Long> row(long... counts) {
    return java.util.Arrays.stream(counts).boxed().toList();
  }
}
