package io.kiln.nn.layer;

import static org.assertj.core.api.Assertions.assertThat;

import io.kiln.nn.data.SampleSpec;
import io.kiln.nn.tensor.DType;
import io.kiln.nn.tensor.Shape;
import org.junit.jupiter.api.Test;

class SummaryTest {
  private static final Network NETWORK =
      Network.of(
          Model.of(Sequential.of(new Flatten(), Dense.of(8), new Relu(), Dense.of(3))),
          SampleSpec.classification(Shape.of(2, 5), 3),
          DType.FLOAT32,
          1);

  @Test
  void rowsNameTheLayersInTheOrderTheyRun() {
    Summary summary = NETWORK.summary();
    assertThat(summary.rows()).extracting(Summary.Row::name).containsExactly("0", "1", "2", "3");
    assertThat(summary.rows())
        .extracting(Summary.Row::type)
        .containsExactly("reshape", "affine", "relu", "affine");
    assertThat(summary.rows().get(1).outputShape()).isEqualTo(Shape.of(8));
    assertThat(summary.rows().get(1).parameters()).isEqualTo(10 * 8 + 8);
  }

  @Test
  void firstLayerPaysOneProductBackwardAndLaterOnesTwo() {
    Summary summary = NETWORK.summary();
    assertThat(summary.rows().get(1).forwardFlops()).isEqualTo(2 * 10 * 8);
    assertThat(summary.rows().get(1).backwardFlops()).isEqualTo(2 * 10 * 8);
    assertThat(summary.rows().get(3).backwardFlops()).isEqualTo(2 * 2 * 8 * 3);
    assertThat(summary.totals().parameters()).isEqualTo(88 + 27);
    assertThat(summary.dominant()).isEqualTo("affine");
  }

  @Test
  void textHasALineForEachLayerAndOneForTheTotal() {
    assertThat(NETWORK.summary().text())
        .contains("layer", "[8]", "total")
        .contains("% of the flops are in affine");
  }
}
