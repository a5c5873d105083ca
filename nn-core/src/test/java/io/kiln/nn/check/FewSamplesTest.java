package io.kiln.nn.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.kiln.nn.autograd.Tape;
import io.kiln.nn.autograd.Var;
import io.kiln.nn.autograd.Workspace;
import io.kiln.nn.op.arithmetic.Multiply;
import io.kiln.nn.op.arithmetic.SumAxes;
import io.kiln.nn.tensor.DType;
import io.kiln.nn.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every layer of the table on one sample and on none, after a whole batch in the same memory. */
@Tag("paths")
class FewSamplesTest {
  static Stream<OpCase> layers() {
    return OpCases.all().stream().filter(row -> row.name().startsWith("layer/"));
  }

  /** A row on its first n samples, forward and back from Σ y·seed. */
  private static final class Run {
    private final List<Var> leaves = new ArrayList<>();
    private final List<Var> constants = new ArrayList<>();
    private final Var y;

    Run(OpCase row, int n, DType dtype, Workspace workspace) {
      Tape tape = new Tape(dtype, workspace);
      tape.allowChannelsLast();
      boolean words = row.name().startsWith("layer/embedding");
      for (Tensor each : row.leaves()) {
        boolean samples = leaves.isEmpty() && !words;
        leaves.add(tape.variable((samples ? each.rows(0, n) : each).copy().to(dtype)));
      }
      for (Tensor each : row.constants()) {
        boolean samples = constants.isEmpty() && words;
        constants.add(tape.constant((samples ? each.rows(0, n) : each).copy().to(dtype)));
      }
      y = row.graph().build(leaves, constants);
      Var seed = tape.constant(Waves.seed(y.shape()).to(dtype));
      Var loss = SumAxes.all(Multiply.of(y, seed));
      tape.plan(loss, y);
      leaves.forEach(leaf -> leaf.grad().fill(7));
      tape.replay();
      tape.backward(loss);
    }
  }

  @ParameterizedTest
  @MethodSource("layers")
  void withoutSamplesNothingIsLearned(OpCase row) {
    for (DType dtype : DType.values()) {
      Workspace shared = new Workspace(dtype);
      new Run(row, 2, dtype, shared);
      Run none = new Run(row, 0, dtype, shared);
      assertThat(none.y.shape().size(0)).isZero();
      for (Var leaf : none.leaves) {
        assertThat(leaf.grad().toArray()).containsOnly(new double[leaf.grad().count()]);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("layers")
  void oneSampleIsAnsweredAsAmongOthers(OpCase row) {
    if (row.name().contains("batch-norm") || row.name().contains("dropout")) {
      return; // their answer is of all samples together, or drawn for a place in the batch
    }
    Run both = new Run(row, 2, DType.FLOAT64, new Workspace(DType.FLOAT64));
    Run one = new Run(row, 1, DType.FLOAT64, new Workspace(DType.FLOAT64));
    for (int i = 0; i < one.y.shape().count(); i++) {
      assertThat(one.y.value().get(i)).isCloseTo(both.y.value().get(i), within(1e-10));
    }
  }
}
