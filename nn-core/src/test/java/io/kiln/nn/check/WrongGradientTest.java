package io.kiln.nn.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.kiln.nn.autograd.Op;
import io.kiln.nn.autograd.Var;
import io.kiln.nn.tensor.Tensor;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The check of gradients itself: it must see a wrong one, however small the mistake. */
class WrongGradientTest {
  /** y = x², whose backward is off by a factor. */
  private static final class Square extends Op {
    private final double factor;

    Square(double factor, Var x) {
      super(x.shape(), x);
      this.factor = factor;
    }

    @Override
    protected void forward() {
      Tensor x = input(0).value();
      for (int i = 0; i < x.count(); i++) {
        output().value().set(i, x.get(i) * x.get(i));
      }
    }

    @Override
    protected void backward() {
      Var x = input(0);
      Tensor dx = x.gradTarget();
      for (int i = 0; i < dx.count(); i++) {
        dx.set(i, factor * 2 * x.value().get(i) * output().grad().get(i));
      }
      x.gradDone();
    }
  }

  private static double error(double factor) {
    return OpCase.of(
            "square", v -> v.get(0).tape().apply(new Square(factor, v.get(0))), Waves.wave(1, 3, 4))
        .maxRelativeError();
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, -1, 0.5, 1.001, 1 + 1e-7})
  void wrongBackwardIsOutOfBound(double factor) {
    assertThat(error(factor)).isGreaterThan(OpCase.OP_BOUND);
  }

  @ParameterizedTest
  @ValueSource(doubles = 1)
  void rightBackwardIsWithinIt(double factor) {
    assertThat(error(factor)).isLessThan(OpCase.OP_BOUND);
  }
}
