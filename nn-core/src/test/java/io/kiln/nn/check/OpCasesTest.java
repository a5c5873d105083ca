package io.kiln.nn.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.kiln.nn.autograd.Tape;
import io.kiln.nn.autograd.Var;
import io.kiln.nn.autograd.Workspace;
import io.kiln.nn.tensor.DType;
import io.kiln.nn.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The generic tests: every row of the table goes through each of them. */
class OpCasesTest {
  static Stream<OpCase> cases() {
    return OpCases.all().stream();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void backwardMatchesFiniteDifferences(OpCase one) {
    assertThat(one.maxRelativeError()).isLessThanOrEqualTo(one.bound());
  }

  @ParameterizedTest
  @MethodSource("cases")
  void plannedTapeGivesTheSameBitsAsOneThatKeepsAll(OpCase one) {
    Recorded kept = new Recorded(one, DType.FLOAT64);
    kept.tape.forward();
    kept.tape.backward(kept.y);
    Recorded planned = new Recorded(one, DType.FLOAT64);
    planned.tape.plan(planned.y);
    for (int round = 0; round < 2; round++) {
      planned.tape.replay();
      assertThat(planned.y.value().toArray()).isEqualTo(kept.y.value().toArray());
      planned.tape.backward(planned.y);
      for (int i = 0; i < kept.leaves.size(); i++) {
        assertThat(planned.leaves.get(i).grad().toArray())
            .isEqualTo(kept.leaves.get(i).grad().toArray());
      }
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void singlePrecisionFollowsDoublePrecision(OpCase one) {
    Recorded wide = new Recorded(one, DType.FLOAT64);
    wide.tape.forward();
    wide.tape.backward(wide.y);
    Recorded narrow = new Recorded(one, DType.FLOAT32);
    narrow.tape.forward();
    narrow.tape.backward(narrow.y);
    assertClose(narrow.y.value(), wide.y.value());
    for (int i = 0; i < wide.leaves.size(); i++) {
      assertClose(narrow.leaves.get(i).grad(), wide.leaves.get(i).grad());
    }
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

  private static final class Recorded {
    private final Tape tape;
    private final List<Var> leaves = new ArrayList<>();
    private final Var y;

    Recorded(OpCase one, DType dtype) {
      tape = new Tape(dtype, new Workspace(dtype));
      for (Tensor leaf : one.leaves()) {
        leaves.add(tape.variable(leaf.to(dtype)));
      }
      List<Var> constants = new ArrayList<>();
      for (Tensor constant : one.constants()) {
        constants.add(tape.constant(constant.to(dtype)));
      }
      y = one.graph().build(leaves, constants);
    }
  }
}
