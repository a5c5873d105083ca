package io.kiln.nn.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.kiln.nn.config.ConfigException;
import io.kiln.nn.config.Settings;
import io.kiln.nn.tensor.CounterRng;
import io.kiln.nn.tensor.DType;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.Tensor;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class InitTest {
  @ParameterizedTest
  @CsvSource({"5, 12", "12, 5", "7, 7", "1, 4"})
  void orthogonalRowsOrColumnsHaveTheGainAsLength(int rows, int columns) {
    Tensor w = filled(Map.of("type", "orthogonal", "gain", 1.5), Shape.of(rows, columns));
    boolean wide = rows <= columns;
    int count = wide ? rows : columns;
    for (int a = 0; a < count; a++) {
      for (int b = 0; b < count; b++) {
        double dot = 0;
        for (int j = 0; j < (wide ? columns : rows); j++) {
          dot +=
              wide
                  ? w.get(a * columns + j) * w.get(b * columns + j)
                  : w.get(j * columns + a) * w.get(j * columns + b);
        }
        assertThat(dot).isCloseTo(a == b ? 2.25 : 0, within(1e-13));
      }
    }
  }

  @Test
  void orthogonalTakesAllAxesButTheFirstTogether() {
    Tensor w = filled("orthogonal", Shape.of(4, 2, 3, 3));
    double square = Arrays.stream(w.rows(1, 2).toArray()).map(v -> v * v).sum();
    assertThat(square).isCloseTo(1, within(1e-13));
  }

  @Test
  void diracFiltersPassTheirChannelOn() {
    Tensor w = filled(Map.of("type", "dirac", "others", "fan-in"), Shape.of(3, 2, 3, 3));
    for (int i = 0; i < 36; i++) {
      assertThat(w.get(i)).isEqualTo(i == 4 || i == 18 + 9 + 4 ? 1 : 0);
    }
    assertThat(Arrays.stream(w.rows(2, 3).toArray()).filter(v -> v == 0)).isEmpty();
    assertThat(filled("dirac", Shape.of(3, 2, 1, 1)).toArray()).containsExactly(1, 0, 0, 1, 0, 0);
  }

  @Test
  void truncatedNormalStaysWithinTwoDeviations() {
    double[] w =
        filled(Map.of("type", "truncated-normal", "deviation", 0.1), Shape.of(20_000)).toArray();
    assertThat(Arrays.stream(w).map(Math::abs).max().orElseThrow()).isLessThan(0.2);
    double square = Arrays.stream(w).map(v -> v * v).average().orElseThrow();
    // The variance of a normal distribution cut at ±2 is 0.7741 of the whole one's.
    assertThat(square).isCloseTo(0.007741, within(0.0003));
  }

  @ParameterizedTest
  @CsvSource({"he-normal, fan-in, 0.1", "he-normal, fan-out, 0.025", "he-uniform, fan-out, 0.025"})
  void heModesDivideByInputsOrOutputs(String type, String mode, double variance) {
    double[] w = filled(Map.of("type", type, "mode", mode), Shape.of(80, 20)).toArray();
    double square = Arrays.stream(w).map(v -> v * v).average().orElseThrow();
    assertThat(square).isCloseTo(variance, within(0.12 * variance));
  }

  /**
   * Variance and bound over a weight [out, in, kh, kw] of 40·20·3·2 numbers: in 120, out 240. Even
   * numbers in ±b have the variance b²/3.
   */
  @ParameterizedTest
  @CsvSource({
    "he-normal, 2, 120, normal",
    "he-uniform, 2, 120, uniform",
    "xavier-normal, 2, 360, normal",
    "xavier-uniform, 2, 360, uniform",
    "lecun-normal, 1, 120, normal",
    "fan-in, 0.3333333333333333, 120, uniform"
  })
  void variancesAreThoseOfThePapers(String name, double over, double under, String kind) {
    Shape shape = Shape.of(40, 20, 3, 2);
    double[] w = filled(name, shape).toArray();
    double variance = over / under;
    double mean = Arrays.stream(w).average().orElseThrow();
    double square = Arrays.stream(w).map(v -> v * v).average().orElseThrow();
    assertThat(mean).isCloseTo(0, within(4 * Math.sqrt(variance / w.length)));
    assertThat(square).isCloseTo(variance, within(0.08 * variance));
    double most = Arrays.stream(w).map(Math::abs).max().orElseThrow();
    double bound = Math.sqrt(3 * variance);
    if (kind.equals("uniform")) {
      assertThat(most).isLessThanOrEqualTo(bound).isGreaterThan(0.99 * bound);
    } else {
      assertThat(most).isGreaterThan(1.5 * bound);
    }
    assertThat(filled(name, shape).toArray()).isEqualTo(w);
  }

  @Test
  void numbersGivenInTheSettingsAreUsed() {
    Shape shape = Shape.of(100, 100);
    assertThat(filled("zeros", Shape.of(3)).toArray()).containsOnly(0);
    assertThat(filled(Map.of("type", "constant", "value", 0.3), Shape.of(3)).toArray())
        .containsOnly(0.3);
    double[] normal = filled(Map.of("type", "normal", "deviation", 0.1), shape).toArray();
    assertThat(Arrays.stream(normal).map(v -> v * v).average().orElseThrow())
        .isCloseTo(0.01, within(0.0005));
    double[] uniform = filled(Map.of("type", "uniform", "bound", 0.2), shape).toArray();
    assertThat(Arrays.stream(uniform).map(Math::abs).max().orElseThrow()).isBetween(0.199, 0.2);
    assertThatThrownBy(() -> filled(Map.of("type", "normal"), shape))
        .isInstanceOf(ConfigException.class)
        .hasMessage("layer.init.deviation: it is missing; set it");
    assertThatThrownBy(() -> filled(Map.of("type", "he-normal", "mode", "fan"), shape))
        .isInstanceOf(ConfigException.class)
        .hasMessage("layer.init.mode: 'fan' is not known; use one of fan-in, fan-out");
  }

  @Test
  void anUnknownNameIsRefused() {
    assertThatThrownBy(() -> filled("he-norml", Shape.of(1)))
        .isInstanceOf(ConfigException.class)
        .hasMessageStartingWith("layer.init: 'he-norml' is not known; use one of zeros, fan-in");
  }

  private static Tensor filled(Object init, Shape shape) {
    Settings settings = Settings.of("layer", Map.of("init", init));
    Tensor w = Tensor.zeros(shape, DType.FLOAT64);
    Init.from(settings, "init", Init.zeros()).fill(w, CounterRng.of(4));
    return w;
  }
}
