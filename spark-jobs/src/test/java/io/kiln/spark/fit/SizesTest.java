package io.kiln.spark.fit;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kiln.nn.config.ConfigException;
import io.kiln.nn.tensor.DType;
import org.junit.jupiter.api.Test;

/** Sizes in bytes beyond what an int counts. */
class SizesTest {
  @Test
  void weightsThatCannotBeBroughtHomeAreRefusedBeforeTraining() {
    FitOutcome.checkFits(250_000_000, DType.FLOAT64);
    // 4·2²⁹ is −2³¹ as an int.
    assertThatThrownBy(() -> FitOutcome.checkFits(1 << 29, DType.FLOAT32))
        .isInstanceOf(ConfigException.class)
        .hasMessageStartingWith("model: its 536870912 numbers of float32 have 2181038080 bytes but")
        .hasMessageEndingWith("make layers smaller, or train with precision: float32");
  }
}
