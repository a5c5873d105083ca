package io.kiln.nn.zoo;

import static org.assertj.core.api.Assertions.assertThat;

import io.kiln.nn.autograd.Tape;
import io.kiln.nn.autograd.Var;
import io.kiln.nn.config.Settings;
import io.kiln.nn.data.SampleSpec;
import io.kiln.nn.layer.Network;
import io.kiln.nn.tensor.DType;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.Tensor;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CaptionRnnTest {
  private static final SampleSpec SPEC =
      new SampleSpec(List.of(Shape.of(20), Shape.of(4)), Shape.of(4), 7, List.of());

  @Test
  void featuresAreDroppedInTrainingOnly() {
    assertThat(scores(0.5, true)).isNotEqualTo(scores(0, true));
    assertThat(scores(0.5, false)).isEqualTo(scores(0, false));
  }

  private static double[] scores(double dropout, boolean training) {
    Settings settings =
        Settings.of("model", Map.of("type", "caption-rnn", "feature-dropout", dropout));
    Network network = Network.of(Models.from(settings, SPEC), SPEC, DType.FLOAT64, 1);
    Tensor features = Tensor.zeros(Shape.of(2, 20), DType.FLOAT64);
    features.fill(1);
    Tape tape = new Tape(DType.FLOAT64);
    Tensor words = Tensor.zeros(Shape.of(2, 4), DType.FLOAT64);
    List<Var> inputs = List.of(tape.constant(features), tape.constant(words));
    Tensor gradients = Tensor.zeros(Shape.of(network.params().trainableCount()), DType.FLOAT64);
    Var y = training ? network.record(tape, inputs, gradients) : network.record(tape, inputs);
    tape.forward();
    return y.value().toArray();
  }
}
