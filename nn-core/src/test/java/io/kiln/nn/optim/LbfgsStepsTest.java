package io.kiln.nn.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.kiln.nn.autograd.Params;
import io.kiln.nn.config.ConfigException;
import io.kiln.nn.tensor.DType;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.Tensor;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LbfgsStepsTest {
  private static final double[] CURVATURE = {1, 3, 10, 30, 0.5};
  private static final double[] MINIMUM = {2, -1, 0.5, 3, -2};
  private static final double WEIGHT = 4;

  /** dL/dw of Σ ½·c·(w − m)² + 0.1·w⁴. */
  private static void gradient(Tensor w, Tensor gradient) {
    for (int i = 0; i < w.count(); i++) {
      double x = w.get(i);
      gradient.set(i, WEIGHT * (CURVATURE[i] * (x - MINIMUM[i]) + 0.4 * x * x * x));
    }
  }

  /**
   * Numbers of PyTorch 1.13 in float64: {@code torch.optim.LBFGS([w], lr=0.8, max_iter=1,
   * history_size=3)} from w = 0 on the same loss; the memory is full from step 5 on.
   */
  @Test
  void stepsAreThoseOfPyTorch() {
    Map<Integer, double[]> expected =
        Map.of(
            1,
            new double[] {
              0.0158415841584, -0.0237623762376, 0.039603960396, 0.712871287129, -0.00792079207921
            },
            2,
            new double[] {
              0.107742922004, -0.156328780221, 0.229715449919, 2.53323109146, -0.0543119665863
            },
            3,
            new double[] {
              0.162760252459, -0.230086206247, 0.309080120645, 2.72333316443, -0.082584497797
            },
            6,
            new double[] {
              0.760614609161, -0.874222624844, 0.609118355581, 2.7930738971, -0.408070762297
            },
            12,
            new double[] {
              1.22885757186, -0.899171981115, 0.495705807837, 2.75877502301, -1.0591296768
            });
    Params params = Rules.params(DType.FLOAT64, 2, 3);
    params.trainable().fill(0);
    Tensor gradient = Tensor.zeros(Shape.of(5), DType.FLOAT64);
    ParameterUpdate update =
        new ParameterUpdate(
            Rules.of("type", "lbfgs", "learning-rate", 0.8, "memory", 3), params, gradient);
    for (int t = 1; t <= 12; t++) {
      gradient(params.trainable(), gradient);
      update.apply(new Schedule.Position(t - 1, 1, 12), WEIGHT);
      if (expected.containsKey(t)) {
        assertThat(params.trainable().toArray())
            .containsExactly(expected.getOrDefault(t, new double[0]), within(1e-10));
      }
    }
  }

  @Test
  void decayIsOfWeightsOnlyThoughAllParametersMoveTogether() {
    Params params =
        Params.of(
            DType.FLOAT64,
            List.of(
                Rules.declared("w", DType.FLOAT64, 1, Params.Role.WEIGHT),
                Rules.declared("b", DType.FLOAT64, 1, Params.Role.BIAS)));
    double[] before = params.trainable().toArray();
    Tensor gradient = Tensor.of(DType.FLOAT64, Shape.of(2), WEIGHT * 0.1, WEIGHT * 0.1);
    new ParameterUpdate(Rules.of("type", "lbfgs", "weight-decay", 0.2), params, gradient)
        .apply(new Schedule.Position(0, 1, 1), WEIGHT);
    double[] g = {0.1 + 0.2 * before[0], 0.1};
    double rate = Math.min(1, 1 / (Math.abs(g[0]) + Math.abs(g[1])));
    assertThat(params.trainable().get(0)).isCloseTo(before[0] - rate * g[0], within(1e-12));
    assertThat(params.trainable().get(1)).isCloseTo(before[1] - rate * g[1], within(1e-12));
  }

  @Test
  void aPlaceWithoutSlopeIsLeftAlone() {
    Params params = Rules.params(DType.FLOAT64, 2);
    double[] before = params.trainable().toArray();
    ParameterUpdate update =
        new ParameterUpdate(
            Rules.of("type", "lbfgs"), params, Tensor.zeros(Shape.of(2), DType.FLOAT64));
    for (int t = 0; t < 3; t++) {
      update.apply(new Schedule.Position(t, 1, 3), 1);
    }
    assertThat(params.trainable().toArray()).isEqualTo(before);
  }

  @Test
  void itTakesTheWholeTrainingSetAtRateOne() {
    ParameterUpdate.Rule rule = Rules.of("type", "lbfgs");
    assertThat(rule.optimizer().traits().fullBatch()).isTrue();
    assertThat(rule.rate()).isEqualTo(1);
    assertThat(Rules.of("type", "l-bfgs").optimizer()).isEqualTo(new LbfgsSteps(10));
  }

  @Test
  void whatNeedsPartsIsRefused() {
    assertThatThrownBy(() -> Rules.of("type", "lbfgs", "decoupled", true))
        .isInstanceOf(ConfigException.class)
        .hasMessage(
            "optimizer.decoupled: it came but lbfgs moves all parameters together; leave it out");
    assertThatThrownBy(
            () ->
                Rules.of(
                    "type", "lbfgs", "groups", List.of(Map.of("match", "*", "rate-factor", 2))))
        .isInstanceOf(ConfigException.class)
        .hasMessage(
            "optimizer.groups: it came but lbfgs moves all parameters together; leave rate-factor"
                + " out");
  }
}
