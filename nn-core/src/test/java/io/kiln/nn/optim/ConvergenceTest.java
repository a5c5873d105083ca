package io.kiln.nn.optim;

import static org.assertj.core.api.Assertions.assertThat;

import io.kiln.nn.autograd.Params;
import io.kiln.nn.tensor.DType;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.Tensor;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each optimizer finds the minimum of a badly scaled parabola, in float32. */
class ConvergenceTest {
  private static final double[] CURVATURE = {1, 3, 10, 30};
  private static final double[] MINIMUM = {2, -1, 0.5, 3};

  @ParameterizedTest
  @CsvSource({
    "sgd, 0.03, 500",
    "gradient-descent, 0.03, 500",
    "momentum, 0.01, 500",
    "nesterov, 0.01, 500",
    "ada-grad, 1, 500",
    "rms-prop, 0.02, 1000",
    "adam, 0.1, 1000",
    "adam-w, 0.1, 1000",
    "adamax, 0.2, 1000",
    "nadam, 0.1, 1000",
    "lion, 0.02, 1000",
    "lars, 2, 1000",
    "lamb, 0.05, 1000",
    "lbfgs, 1, 20"
  })
  void theMinimumIsFound(String type, double rate, int steps) {
    Params params = Rules.params(DType.FLOAT32, 4);
    Tensor w = params.trainable();
    Tensor gradient = Tensor.zeros(Shape.of(4), DType.FLOAT32);
    ParameterUpdate.Rule rule =
        Rules.of(
            "type",
            type,
            "learning-rate",
            rate,
            "weight-decay",
            0,
            "schedule",
            java.util.Map.of("type", "cosine"));
    ParameterUpdate update = new ParameterUpdate(rule, params, gradient);
    double before = loss(w);
    for (int t = 0; t < steps; t++) {
      for (int i = 0; i < 4; i++) {
        gradient.set(i, CURVATURE[i] * (w.get(i) - MINIMUM[i]));
      }
      update.apply(new Schedule.Position(t, steps, 1), 1);
    }
    assertThat(loss(w)).isLessThan(1e-3 * before);
  }

  private static double loss(Tensor w) {
    double sum = 0;
    for (int i = 0; i < 4; i++) {
      sum += 0.5 * CURVATURE[i] * Math.pow(w.get(i) - MINIMUM[i], 2);
    }
    return sum;
  }
}
