package io.kiln.nn.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.kiln.nn.autograd.Tape;
import io.kiln.nn.autograd.Var;
import io.kiln.nn.config.Settings;
import io.kiln.nn.data.SampleSpec;
import io.kiln.nn.op.Ops;
import io.kiln.nn.tensor.CounterRng;
import io.kiln.nn.tensor.DType;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.Tensor;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class OutputsByNameTest {
  private static final Layer NET =
      Sequential.of(Conv2d.of(4, 3, 1), new Relu(), MaxPool2d.of(2, 2, 0), Conv2d.of(2, 3, 1));

  private static Tensor random(int... sizes) {
    Tensor x = Tensor.zeros(Shape.of(sizes), DType.FLOAT32);
    CounterRng draws = CounterRng.of(3);
    for (int i = 0; i < x.count(); i++) {
      x.set(i, draws.normal(i));
    }
    return x;
  }

  private static Var named(Map<String, Var> outputs, String name) {
    return Objects.requireNonNull(outputs.get(name));
  }

  @Test
  void aRectifierIsNotInTheOutputOfTheLayerBeforeIt() {
    Network network = Network.of(NET, Shape.of(3, 8, 8), 1);
    Tensor x = random(2, 3, 8, 8);
    Tape tape = new Tape(DType.FLOAT32);
    Map<String, Var> outputs =
        network.record(tape, List.of(tape.constant(x)), List.of("0", "1", "2", "3", ""));
    tape.forward();
    double[] convolved = named(outputs, "0").value().toArray();
    double[] rectified = named(outputs, "1").value().toArray();
    assertThat(java.util.Arrays.stream(convolved).min().orElse(0)).isNegative();
    for (int i = 0; i < convolved.length; i++) {
      assertThat(rectified[i]).isEqualTo(Math.max(convolved[i], 0));
    }
    assertThat(named(outputs, "2").shape()).isEqualTo(Shape.of(2, 4, 4, 4));
    assertThat(named(outputs, "3").value().toArray())
        .containsExactly(network.apply(x).toArray(), within(1e-5));
    assertThat(outputs.get("")).isNotNull();
  }

  @Test
  void valuesAndGradientsOfTheInputStayRightOnAPlannedTape() {
    Network network = Network.of(NET, Shape.of(3, 8, 8), 1);
    Tensor x = random(1, 3, 8, 8);
    double[][] inputs = new double[2][];
    double[][] values = new double[2][];
    for (int planned = 0; planned < 2; planned++) {
      Tape tape = new Tape(DType.FLOAT32);
      Var leaf = tape.variable(x);
      Map<String, Var> outputs = network.record(tape, List.of(leaf), List.of("0", "3"));
      Var y = named(outputs, "0");
      Var z = named(outputs, "3");
      Var loss = Ops.add(Ops.sum(Ops.multiply(y, y)), Ops.sum(z));
      if (planned == 1) {
        tape.plan(loss, y);
      }
      tape.replay();
      tape.backward(loss);
      values[planned] = y.value().toArray();
      inputs[planned] = leaf.grad().toArray();
    }
    assertThat(values[1]).containsExactly(values[0]);
    assertThat(inputs[1]).containsExactly(inputs[0], within(1e-4));
  }

  @Test
  void anUnknownNameIsAnsweredWithTheNearest() {
    Network network = Network.of(NET, Shape.of(3, 8, 8), 1);
    Tape tape = new Tape(DType.FLOAT32);
    assertThatThrownBy(
            () -> network.record(tape, List.of(tape.constant(random(1, 3, 8, 8))), List.of("33")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("network: there is no layer '33'; did you mean '3'? There are 0, 1, 2, 3");
  }

  @Test
  void aLayerRunsAloneOnGivenParameters() {
    Tape tape = new Tape(DType.FLOAT64);
    Var w = tape.variable(Tensor.of(DType.FLOAT64, Shape.of(1, 2), 2, 3));
    Var b = tape.variable(Tensor.of(DType.FLOAT64, Shape.of(1), 5));
    Var x = tape.constant(Tensor.of(DType.FLOAT64, Shape.of(1, 2), 10, 100));
    Scope scope = Scope.alone(tape, true, Map.of("weight", w, "bias", b)::get);
    Var y = Dense.of(1).forward(scope, x);
    tape.forward();
    tape.backward(y);
    assertThat(y.value().get(0)).isEqualTo(325);
    assertThat(w.grad().toArray()).containsExactly(10, 100);
    Scope without = Scope.alone(tape, true, Map.of("weight", x)::get);
    assertThatThrownBy(() -> Dense.of(1).forward(without, x))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("layer: 'bias' is missing but [1] is needed; give a leaf of that shape");
  }

  @Test
  void regressionHasAsManyTargetsAsOutputs() {
    assertThat(SampleSpec.regression(Shape.of(3), 1).target()).isEqualTo(Shape.of());
    assertThat(SampleSpec.regression(Shape.of(3), 2).target()).isEqualTo(Shape.of(2));
    assertThat(Layers.of(Settings.of("layer", Map.of("type", "softmax")))).isEqualTo(new Softmax());
  }
}
