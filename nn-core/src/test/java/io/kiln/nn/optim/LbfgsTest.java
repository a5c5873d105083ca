package io.kiln.nn.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.kiln.nn.autograd.GradientCheck;
import io.kiln.nn.autograd.Tape;
import io.kiln.nn.autograd.Var;
import io.kiln.nn.config.ConfigException;
import io.kiln.nn.config.Settings;
import io.kiln.nn.op.algebra.Affine;
import io.kiln.nn.op.arithmetic.Activation;
import io.kiln.nn.op.loss.DeviationLoss;
import io.kiln.nn.tensor.DType;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.Tensor;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LbfgsTest {
  /** Rosenbrock's valley, Σ 100·(x[i+1] − x[i]²)² + (1 − x[i])², with its minimum 0 at 1, 1, …. */
  private static double rosenbrock(Tensor w, Tensor gradient) {
    gradient.fill(0);
    double sum = 0;
    for (int i = 0; i + 1 < w.count(); i++) {
      double a = w.get(i + 1) - w.get(i) * w.get(i);
      double b = 1 - w.get(i);
      sum += 100 * a * a + b * b;
      gradient.set(i, gradient.get(i) - 400 * a * w.get(i) - 2 * b);
      gradient.set(i + 1, gradient.get(i + 1) + 200 * a);
    }
    return sum;
  }

  @ParameterizedTest
  @EnumSource(LineSearch.class)
  void findsTheEndOfRosenbrocksValley(LineSearch search) {
    Tensor w = Tensor.of(DType.FLOAT64, Shape.of(6), -1.2, 1, -1.2, 1, -1.2, 1);
    Lbfgs lbfgs = new Lbfgs(500, 10, 1e-8, 0, search);
    FullBatchOptimizer.Result result = lbfgs.minimize(LbfgsTest::rosenbrock, w);
    assertThat(result.converged()).isTrue();
    assertThat(result.loss()).isLessThan(1e-14);
    for (int i = 0; i < 6; i++) {
      assertThat(w.get(i)).isCloseTo(1, within(1e-6));
    }
    assertThat(result.evaluations()).isLessThan(200);
  }

  @Test
  void aBadlyScaledParabolaTakesFewIterations() {
    double[] curvature = {1, 10, 100, 1000};
    LossFunction parabola =
        (w, g) -> {
          double sum = 0;
          for (int i = 0; i < 4; i++) {
            sum += 0.5 * curvature[i] * w.get(i) * w.get(i);
            g.set(i, curvature[i] * w.get(i));
          }
          return sum;
        };
    Tensor w = Tensor.of(DType.FLOAT64, Shape.of(4), 1, 1, 1, 1);
    FullBatchOptimizer.Result result =
        new Lbfgs(100, 10, 1e-8, 0, LineSearch.STRONG_WOLFE).minimize(parabola, w);
    assertThat(result.converged()).isTrue();
    assertThat(result.iterations()).isLessThan(40);
  }

  @Test
  void trainsASmallNetOnAllOfItsSamples() {
    Tensor x = GradientCheck.random(1, 40, 2).to(DType.FLOAT32);
    Tensor target = Tensor.zeros(Shape.of(40, 1), DType.FLOAT32);
    for (int i = 0; i < 40; i++) {
      target.set(i, Math.sin(x.get(2 * i)) + x.get(2 * i + 1) * x.get(2 * i));
    }
    Tensor w = Tensor.zeros(Shape.of(8 * 2 + 8 + 8), DType.FLOAT32);
    w.copyFrom(GradientCheck.random(2, 32).to(DType.FLOAT32));
    Tensor gradient = Tensor.zeros(w.shape(), DType.FLOAT32);
    Tape tape = new Tape(DType.FLOAT32);
    Var first = tape.variable(w.slice(0, Shape.of(8, 2)), gradient.slice(0, Shape.of(8, 2)));
    Var bias = tape.variable(w.slice(16, Shape.of(8)), gradient.slice(16, Shape.of(8)));
    Var last = tape.variable(w.slice(24, Shape.of(1, 8)), gradient.slice(24, Shape.of(1, 8)));
    Var hidden = Activation.tanh(Affine.of(tape.constant(x), first, bias));
    Var loss = DeviationLoss.squares(1.0 / 40, Affine.of(hidden, last), tape.constant(target));
    LossFunction whole =
        (at, g) -> {
          tape.replay();
          tape.backward(loss);
          g.copyFrom(gradient);
          return loss.value().get(0);
        };
    double before = whole.at(w, Tensor.zeros(w.shape(), DType.FLOAT32));
    FullBatchOptimizer.Result result =
        new Lbfgs(200, 10, 1e-6, 1e-9, LineSearch.STRONG_WOLFE).minimize(whole, w);
    assertThat(result.loss()).isLessThan(0.02 * before);
  }

  @Test
  void aLossThatIsNoNumberAtTheBeginningIsRefused() {
    Lbfgs lbfgs = Lbfgs.from(Settings.of("optimizer", Map.of()));
    Tensor w = Tensor.zeros(Shape.of(2), DType.FLOAT64);
    assertThatThrownBy(() -> lbfgs.minimize((at, g) -> Double.NaN, w))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "lbfgs: the loss is NaN at the beginning but a finite one is needed; begin elsewhere");
  }

  @Test
  void aRegionWithoutNumbersIsBackedOutOf() {
    // −log w + w has its minimum at 1 and is no number below 0, where the first try lands.
    LossFunction loss =
        (w, g) -> {
          g.set(0, 1 - 1 / w.get(0));
          return w.get(0) > 0 ? w.get(0) - Math.log(w.get(0)) : Double.NaN;
        };
    for (LineSearch search : LineSearch.values()) {
      Tensor w = Tensor.of(DType.FLOAT64, Shape.of(1), 30);
      new Lbfgs(100, 5, 1e-9, 0, search).minimize(loss, w);
      assertThat(w.get(0)).isCloseTo(1, within(1e-6));
    }
  }

  @Test
  void aClassOfAnotherKindIsNoOptimizer() {
    assertThatThrownBy(() -> Rules.of("type", "step-schedule"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("there is no optimizer 'step-schedule'");
  }
}
