package io.kiln.nn.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.kiln.nn.autograd.Tape;
import io.kiln.nn.autograd.Var;
import io.kiln.nn.op.sequence.Cell;
import io.kiln.nn.op.sequence.Recurrent;
import io.kiln.nn.op.sequence.RecurrentExtras;
import io.kiln.nn.op.shape.Slice;
import io.kiln.nn.tensor.DType;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Truncated backpropagation, which no difference of values shows, and states carried on. */
@Tag("paths")
class RecurrentTimeTest {
  private static final int N = 3;
  private static final int STEPS = 5;
  private static final int WIDTH = 3;

  /**
   * Digests ({@link Waves}) of the states and of the gradients of a, W, b, h₀ and c₀ in PyTorch
   * 1.13, where the cell is written out step by step and h and c are detached before steps 2 and 4.
   */
  static Stream<Arguments> truncated() {
    return Stream.of(
        row(
            Cell.TANH,
            -2.74726952033,
            -0.811107490688,
            0.496545329742,
            1.62415537105,
            -2.0865533665),
        row(
            Cell.RELU,
            8.71026367723,
            -1.50693582893,
            -4.9166766337,
            -3.58215455487,
            0.242623572287),
        row(
            Cell.LSTM,
            -0.490598009848,
            -0.74288855702,
            0.634797519158,
            0.478518494265,
            1.14236410975,
            -0.316930740168),
        row(
            Cell.LSTM_IFOG,
            -0.651732739387,
            0.635458307643,
            0.0317548259468,
            0.374561860728,
            0.426873115676,
            -0.336304517864),
        row(
            Cell.GRU,
            1.95965379735,
            2.31851412284,
            -0.00231290325487,
            -0.0073360526025,
            -0.769794205823));
  }

  private static Arguments row(Cell cell, double... digests) {
    return Arguments.of(cell, digests);
  }

  private static OpCase.Recorded recorded(Cell cell, int truncate) {
    int wide = cell.gates() * WIDTH;
    Tensor[] leaves = {
      Waves.wave(11, N, STEPS, wide),
      Waves.wave(12, wide, WIDTH),
      Waves.wave(13, wide),
      Waves.wave(14, N, WIDTH),
      Waves.wave(15, N, WIDTH)
    };
    return OpCase.of(
            "truncated",
            v ->
                Recurrent.of(
                    cell,
                    v.get(0),
                    v.get(1),
                    RecurrentExtras.none()
                        .withBias(v.get(2))
                        .withState(v.get(3), cell.hasMemory() ? v.get(4) : null)
                        .withTruncation(truncate)),
            cell.hasMemory() ? leaves : Arrays.copyOf(leaves, 4))
        .recorded(DType.FLOAT64);
  }

  @ParameterizedTest
  @MethodSource("truncated")
  void noGradientGoesBackAcrossTheCut(Cell cell, double[] expected) {
    OpCase.Recorded recorded = recorded(cell, 2);
    recorded.run();
    List<Double> digests = recorded.digests();
    assertThat(digests).hasSize(expected.length);
    for (int i = 0; i < expected.length; i++) {
      assertThat(digests.get(i)).isCloseTo(expected[i], within(1e-9));
    }
    OpCase.Recorded whole = recorded(cell, 0);
    whole.run();
    assertThat(whole.digests().get(0)).isEqualTo(digests.get(0));
    assertThat(whole.digests().get(1)).isNotEqualTo(digests.get(1));
  }

  @ParameterizedTest
  @EnumSource
  void aStateCarriedOnGivesTheSameAsOneLongRun(Cell cell) {
    int wide = cell.gates() * WIDTH;
    Tape tape = new Tape(DType.FLOAT64);
    Var a = tape.constant(Waves.wave(11, N, 4, wide));
    Var w = tape.constant(Waves.wave(12, wide, WIDTH));
    double[] whole = run(tape, Recurrent.of(cell, a, w, RecurrentExtras.none()));

    Tape halves = new Tape(DType.FLOAT64);
    Var h = halves.constant(Tensor.zeros(Shape.of(N, WIDTH), DType.FLOAT64));
    Var c = cell.hasMemory() ? halves.constant(h.value().copy()) : null;
    Tensor part = Tensor.zeros(Shape.of(N, 2, wide), DType.FLOAT64);
    Var again = halves.constant(w.value());
    RecurrentExtras extras = RecurrentExtras.none().withState(h, c).carrying();
    Var y = Recurrent.of(cell, halves.constant(part), again, extras);
    for (int half = 0; half < 2; half++) {
      part.copyFrom(new Cut(a.value(), 2 * half).tensor());
      halves.replay();
      assertThat(y.value().toArray())
          .isEqualTo(
              new Cut(Tensor.of(DType.FLOAT64, Shape.of(N, 4, WIDTH), whole), 2 * half)
                  .tensor()
                  .toArray());
    }
  }

  private static double[] run(Tape tape, Var y) {
    tape.forward();
    return y.value().toArray();
  }

  /** Two steps of a sequence. */
  private record Cut(Tensor sequence, int from) {
    Tensor tensor() {
      Tape tape = new Tape(DType.FLOAT64);
      Var y = Slice.of(tape.constant(sequence), 1, from, from + 2);
      tape.forward();
      return y.value();
    }
  }
}
