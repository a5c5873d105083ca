package io.kiln.nn.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.kiln.nn.tensor.DType;
import io.kiln.nn.tensor.Tensor;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The generic tests: every row of the table goes through each of them. */
@Tag("paths")
class OpCasesTest {
  private static final double REFERENCE_TOLERANCE = 1e-9;

  static Stream<OpCase> cases() {
    return OpCases.all().stream();
  }

  static Stream<Arguments> refusals() {
    return cases()
        .flatMap(one -> one.refusals().stream().map(refusal -> Arguments.of(one, refusal)));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void backwardMatchesFiniteDifferences(OpCase one) {
    assertThat(one.maxRelativeError()).isLessThanOrEqualTo(one.bound());
  }

  @ParameterizedTest
  @MethodSource("cases")
  void valuesAndGradientsAreThoseOfTheReference(OpCase one) {
    OpCase.Recorded recorded = one.recorded(DType.FLOAT64);
    recorded.run();
    List<Double> digests = recorded.digests();
    assertThat(one.reference()).as("digests are %s", digests).hasSameSizeAs(digests);
    for (int i = 0; i < digests.size(); i++) {
      double expected = one.reference().get(i);
      assertThat(digests.get(i))
          .as(i == 0 ? "output" : "gradient of leaf " + (i - 1))
          .isCloseTo(expected, within(REFERENCE_TOLERANCE * Math.max(1, Math.abs(expected))));
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void theSameBitsComeTwiceAndFromAPlannedTape(OpCase one) {
    for (DType dtype : DType.values()) {
      OpCase.Recorded first = one.recorded(dtype);
      first.run();
      OpCase.Recorded planned = one.recorded(dtype);
      planned.tape().plan(planned.y());
      for (int round = 0; round < 2; round++) {
        planned.run();
        assertThat(planned.y().value().toArray()).isEqualTo(first.y().value().toArray());
        for (int i = 0; i < first.leaves().size(); i++) {
          assertThat(planned.leaves().get(i).grad().toArray())
              .isEqualTo(first.leaves().get(i).grad().toArray());
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void singlePrecisionFollowsDoublePrecision(OpCase one) {
    OpCase.Recorded wide = one.recorded(DType.FLOAT64);
    wide.run();
    OpCase.Recorded narrow = one.recorded(DType.FLOAT32);
    narrow.run();
    assertClose(narrow.y().value(), wide.y().value());
    for (int i = 0; i < wide.leaves().size(); i++) {
      assertClose(narrow.leaves().get(i).grad(), wide.leaves().get(i).grad());
    }
  }

  @ParameterizedTest
  @MethodSource("refusals")
  void wrongUseIsAnsweredInOneLine(OpCase one, OpCase.Refusal refusal) {
    assertThat(refusal.message()).doesNotContain("\n").matches("[a-z0-9-]+[ .:].*");
    assertThatThrownBy(refusal.attempt()::run)
        .as(one.name())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(refusal.message());
  }

  private static void assertClose(Tensor narrow, Tensor wide) {
    double norm = 0;
    double difference = 0;
    for (int i = 0; i < wide.count(); i++) {
      norm += Math.pow(wide.get(i), 2);
      difference += Math.pow(wide.get(i) - narrow.get(i), 2);
    }
    assertThat(Math.sqrt(difference)).isLessThanOrEqualTo(1e-4 * Math.sqrt(norm) + 1e-6);
  }
}
