package io.kiln.nn.op.arithmetic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.kiln.nn.autograd.Tape;
import io.kiln.nn.autograd.Var;
import io.kiln.nn.config.ConfigException;
import io.kiln.nn.config.Settings;
import io.kiln.nn.kernel.Nonlinearity;
import io.kiln.nn.layer.Layers;
import io.kiln.nn.op.norm.Softmax;
import io.kiln.nn.tensor.DType;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.Tensor;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

@Tag("paths")
class ActivationTest {
  /** Values from the definitions, computed with the C library. */
  @ParameterizedTest
  @CsvSource({
    "SIGMOID, 1, 0.5, 0.62245933120185456",
    "TANH, 1, 0.5, 0.46211715726000976",
    "ARCTAN, 1, 0.5, 0.46364760900080612",
    "SOFTPLUS, 1, 0.5, 0.97407698418010669",
    "SOFTPLUS, 2, 0.5, 0.6566308437591114",
    "SILU, 1, 0.5, 0.31122966560092728",
    "GELU, 1, 0.5, 0.34573123063700657",
    "GELU, 1, -3, -0.0040496940948902845",
    "GELU, 1, 3, 2.9959503059051098",
    "GELU, 1, -6, -5.919525870226207e-9",
    "GELU_TANH, 1, 0.5, 0.34571400982514394",
    "LEAKY_RELU, 0.01, -2, -0.02",
    "ELU, 1, -0.5, -0.39346934028736658",
    "ELU, 1, 0.5, 0.5"
  })
  void valuesAreThoseOfTheFormula(Nonlinearity function, double a, double x, double y) {
    assertThat(value(function, a, x)).isCloseTo(y, within(1e-13));
  }

  @ParameterizedTest
  @EnumSource(
      value = Nonlinearity.class,
      mode = EnumSource.Mode.EXCLUDE,
      names = {"EXP", "LOG"}) // they are not finite there by definition
  void valuesAndSlopesStayFiniteAtAThousand(Nonlinearity function) {
    for (double x : new double[] {-1000, 1000}) {
      Tape tape = new Tape(DType.FLOAT32);
      Var leaf = tape.variable(Tensor.of(DType.FLOAT32, Shape.of(1), x));
      Var y = Activation.of(function, 1, leaf);
      tape.forward();
      tape.backward(y);
      assertThat(y.value().get(0)).isFinite();
      assertThat(leaf.grad().get(0)).isFinite();
    }
  }

  @Test
  void softmaxOfAThousandIsStable() {
    Tape tape = new Tape(DType.FLOAT32);
    Tensor x = Tensor.of(DType.FLOAT32, Shape.of(1, 3), 1000, -1000, 1000);
    Var p = Softmax.of(tape.constant(x));
    Var logs = Softmax.logarithm(tape.constant(x));
    tape.forward();
    assertThat(p.value().toArray()).containsExactly(0.5, 0, 0.5);
    assertThat(logs.value().get(1)).isCloseTo(-2000.6931, within(1e-3));
  }

  @ParameterizedTest
  @CsvSource({
    "sigmoid",
    "tanh",
    "arctan",
    "silu",
    "softplus",
    "leaky-relu",
    "elu",
    "gelu",
    "softmax",
    "log-softmax",
    "linear",
    "relu"
  })
  void configurationNamesEachLayer(String type) {
    assertThat(Layers.of(Settings.of("activation", Map.of("type", type)))).isNotNull();
  }

  @Test
  void linearWithUnitsSaysToUseDense() {
    assertThatThrownBy(
            () -> Layers.of(Settings.of("layers[0]", Map.of("type", "linear", "units", 10))))
        .isInstanceOf(ConfigException.class)
        .hasMessage(
            "layers[0].units: linear is the activation y = x; a fully connected layer is"
                + " type: dense");
  }

  private static double value(Nonlinearity function, double a, double x) {
    Tape tape = new Tape(DType.FLOAT64);
    Var y = Activation.of(function, a, tape.constant(Tensor.of(DType.FLOAT64, Shape.of(1), x)));
    tape.forward();
    return y.value().get(0);
  }
}
