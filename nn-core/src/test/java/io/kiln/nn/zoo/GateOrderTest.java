package io.kiln.nn.zoo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.kiln.nn.autograd.Tape;
import io.kiln.nn.config.ConfigException;
import io.kiln.nn.config.Settings;
import io.kiln.nn.data.SampleSpec;
import io.kiln.nn.layer.Network;
import io.kiln.nn.tensor.DType;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.Tensor;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class GateOrderTest {
  private static final SampleSpec SPEC =
      new SampleSpec(List.of(Shape.of(4), Shape.of(3)), Shape.of(3), 6, List.of());

  private static Network network(String order) {
    Map<String, Object> settings =
        Map.of(
            "type",
            "caption-rnn",
            "cell",
            "lstm",
            "hidden",
            2,
            "embedding",
            3,
            "gate-order",
            order);
    return Network.of(Models.from(Settings.of("model", settings), SPEC), SPEC, DType.FLOAT64, 1);
  }

  private static double[] scores(Network network) {
    Tape tape = new Tape(DType.FLOAT64);
    var y =
        network.record(
            tape,
            List.of(
                tape.constant(Tensor.of(DType.FLOAT64, Shape.of(1, 4), 0.1, 0.2, -0.3, 0.4)),
                tape.constant(Tensor.of(DType.FLOAT64, Shape.of(1, 3), 1, 4, 2))));
    tape.forward();
    return y.value().toArray();
  }

  /** CS231n has the gates i, f, o, g: the last two quarters are exchanged. */
  @Test
  void weightsInCs231nsOrderGiveTheSameScores() {
    Network torch = network("ifgo");
    Network cs231n = network("ifog");
    for (var entry : torch.params().entries()) {
      Tensor from = torch.params().value(entry.name());
      Tensor to = cs231n.params().value(entry.name());
      to.copyFrom(from);
      if (entry.name().startsWith("rnn.")) {
        int quarter = from.count() / 4;
        for (int i = 0; i < quarter; i++) {
          to.set(2 * quarter + i, from.get(3 * quarter + i));
          to.set(3 * quarter + i, from.get(2 * quarter + i));
        }
      }
    }
    assertThat(scores(cs231n)).containsExactly(scores(torch), within(1e-12));
  }

  @Test
  void onlyAnLstmHasOne() {
    assertThatThrownBy(
            () ->
                Models.from(
                    Settings.of(
                        "model",
                        Map.of("type", "caption-rnn", "cell", "gru", "gate-order", "ifog")),
                    SPEC))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("gate-order");
  }
}
