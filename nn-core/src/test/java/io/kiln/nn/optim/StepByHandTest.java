package io.kiln.nn.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.kiln.nn.autograd.Params;
import io.kiln.nn.tensor.DType;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.Tensor;
import java.util.List;
import org.junit.jupiter.api.Test;

class StepByHandTest {
  private static Params weightAndBias() {
    return Params.of(
        DType.FLOAT64,
        List.of(
            Rules.declared("weight", DType.FLOAT64, 3, Params.Role.WEIGHT),
            Rules.declared("bias", DType.FLOAT64, 2, Params.Role.BIAS)));
  }

  @Test
  void stepsAreThoseOfApply() {
    Params byHand = weightAndBias();
    Params applied = weightAndBias();
    ParameterUpdate.Rule rule =
        ParameterUpdate.Rule.of("adam", 0.1).decay(Decay.l2(0.2)).clipping(new Clipping(2, 9, 9));
    ParameterUpdate update = rule.on(byHand);
    Tensor gradient = Tensor.zeros(Shape.of(5), DType.FLOAT64);
    ParameterUpdate other = new ParameterUpdate(rule, applied, gradient);
    for (int t = 0; t < 4; t++) {
      for (int i = 0; i < 5; i++) {
        update.gradients().set(i, Math.sin(t + i));
        gradient.set(i, Math.sin(t + i));
      }
      update.step();
      other.apply(new Schedule.Position(t, 1, 1), 1);
    }
    assertThat(byHand.trainable().toArray()).containsExactly(applied.trainable().toArray());
  }

  @Test
  void biasesDecayOnRequestOnly() {
    double[] before = weightAndBias().trainable().toArray();
    for (Decay decay : List.of(Decay.l2(0.5), Decay.decoupled(0.5), Decay.NONE.withL1(0.5))) {
      for (boolean biases : new boolean[] {false, true}) {
        Params params = weightAndBias();
        ParameterUpdate.Rule rule = ParameterUpdate.Rule.of("sgd", 0.1);
        rule.decay(biases ? decay.ofBiasesToo() : decay).on(params).step();
        double[] after = params.trainable().toArray();
        for (int i = 0; i < 5; i++) {
          double by = decay.l1() > 0 ? Math.signum(before[i]) * 0.05 : before[i] * 0.05;
          double moved = i < 3 || biases ? by : 0;
          assertThat(after[i]).isCloseTo(before[i] - moved, within(1e-12));
        }
      }
    }
    assertThat(Rules.of("type", "sgd", "decay-biases", true).decay().biases()).isTrue();
    assertThat(Rules.of("type", "sgd").decay().biases()).isFalse();
  }
}
