package io.kiln.nn.op;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kiln.nn.autograd.Params;
import io.kiln.nn.autograd.Tape;
import io.kiln.nn.autograd.Var;
import io.kiln.nn.config.ConfigException;
import io.kiln.nn.op.loss.SoftCrossEntropy;
import io.kiln.nn.op.sequence.Attention;
import io.kiln.nn.op.sequence.Cell;
import io.kiln.nn.op.sequence.Recurrent;
import io.kiln.nn.op.sequence.RecurrentExtras;
import io.kiln.nn.tensor.DType;
import io.kiln.nn.tensor.Shape;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What no array can hold is refused when it is recorded, before anything is allocated. */
class MemoryLimitTest {
  private final Tape tape = new Tape(DType.FLOAT32);

  private Var x(int... sizes) {
    return tape.placeholder(Shape.of(sizes));
  }

  @Test
  void scoresOfAttentionBeyondAnArray() {
    // 64·12·2¹²·2¹² = 3·2³² is 0 as an int.
    assertThatThrownBy(() -> Attention.self(x(64, 4096, 2304), 12, false, null))
        .isInstanceOf(ConfigException.class)
        .hasMessage(
            "attention: with inputs [64, 4096, 2304] it needs 12884901888 numbers of memory but an"
                + " array has at most 2147483647; use a smaller batch, more shards or smaller"
                + " samples");
  }

  @Test
  void statesOfAllStepsBeyondAnArray() {
    // h and c of 1001 steps and the gates of 1000: 2·1001·2048·256 + 1000·2048·1024.
    assertThatThrownBy(
            () ->
                Recurrent.of(Cell.LSTM, x(2048, 1000, 1024), x(1024, 256), RecurrentExtras.none()))
        .isInstanceOf(ConfigException.class)
        .hasMessageStartingWith(
            "recurrent: with inputs [2048, 1000, 1024], [1024, 256] it needs 3146776576 numbers");
  }

  @Test
  void scoresOfAVocabularyTwice() {
    // Probabilities and targets: 2·2¹⁵·2¹⁵ = 2³¹.
    assertThatThrownBy(
            () ->
                SoftCrossEntropy.ofScores(
                    x(1 << 15, 1 << 15), x(1 << 15), (io.kiln.nn.tensor.Tensor) null, 0.1))
        .isInstanceOf(ConfigException.class)
        .hasMessageStartingWith(
            "soft-cross-entropy: with inputs [32768, 32768], [32768] it needs 2147483648 numbers");
  }

  @Test
  void aNetworkOfMoreParametersThanAnArray() {
    Shape half = Shape.of(1 << 15, 1 << 15);
    List<Params.Declared> three =
        List.of(
            new Params.Declared("a", half, Params.Role.WEIGHT, null),
            new Params.Declared("b", half, Params.Role.WEIGHT, null),
            new Params.Declared("c", half, Params.Role.FROZEN, null));
    assertThatThrownBy(() -> Params.of(DType.FLOAT32, three))
        .isInstanceOf(ConfigException.class)
        .hasMessage(
            "model: its layers have 3221225472 parameters together but a network has at most"
                + " 2147483647; make layers smaller");
  }
}
