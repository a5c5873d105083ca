package io.kiln.nn.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.kiln.nn.autograd.GradientCheck;
import io.kiln.nn.autograd.Params;
import io.kiln.nn.autograd.Tape;
import io.kiln.nn.autograd.Var;
import io.kiln.nn.config.Settings;
import io.kiln.nn.data.SampleSpec;
import io.kiln.nn.op.sequence.Cell;
import io.kiln.nn.tensor.DType;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NormAndDropoutTest {
  @Test
  void layerNormHasMeanZeroAndVarianceOneInEachRow() {
    Tensor x = GradientCheck.random(3, 4, 50);
    for (int i = 0; i < x.count(); i++) {
      x.set(i, 5 + 3 * x.get(i));
    }
    Tensor y = run(new LayerNorm(1, 1e-12, true), x, true, 0);
    for (int row = 0; row < 4; row++) {
      double[] numbers = y.rows(row, row + 1).toArray();
      double mean = Arrays.stream(numbers).average().orElseThrow();
      double square = Arrays.stream(numbers).map(v -> v * v).average().orElseThrow();
      assertThat(mean).isCloseTo(0, within(1e-12));
      assertThat(square).isCloseTo(1, within(1e-9));
    }
  }

  @Test
  void groupNormOfAllChannelsIsLayerNormOfASampleAndOfOneEachIsInstanceNorm() {
    Tensor x = GradientCheck.random(4, 2, 3, 4, 5);
    assertThat(run(new GroupNorm(1, 1e-5, false), x, true, 0).toArray())
        .containsExactly(run(new LayerNorm(3, 1e-5, false), x, true, 0).toArray(), within(1e-12));
    assertThat(run(new GroupNorm(3, 1e-5, false), x, true, 0).toArray())
        .containsExactly(run(new InstanceNorm(1e-5, false), x, true, 0).toArray(), within(1e-12));
  }

  @Test
  void parametersHaveTheNamesOfPyTorchAndNoDecay() {
    Network network =
        Network.of(
            Model.of(Sequential.of(new GroupNorm(2, 1e-5, true))),
            SampleSpec.classification(Shape.of(4, 2, 2), 2),
            DType.FLOAT32,
            1);
    assertThat(network.params().entries())
        .extracting(Params.Entry::name)
        .containsExactly("0.weight", "0.bias");
    assertThat(network.params().entries())
        .extracting(Params.Entry::role)
        .containsOnly(Params.Role.BIAS);
  }

  @Test
  void groupsThatDoNotDivideTheChannelsAreRefused() {
    assertThatThrownBy(
            () -> run(new GroupNorm(3, 1e-5, false), GradientCheck.random(1, 2, 4), true, 0))
        .hasMessage(
            "group-norm: x is [1, 4] but its 4 channels do not split into 3 groups; choose a"
                + " divisor of 4");
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.1, 0.5, 0.9})
  void dropoutKeepsTheMean(double rate) {
    Tensor ones = Tensor.zeros(Shape.of(10, 10_000), DType.FLOAT64);
    ones.fill(1);
    Tensor y = run(new Dropout(rate, false), ones, true, 0);
    double mean = Arrays.stream(y.toArray()).average().orElseThrow();
    double deviation = Math.sqrt(rate / (1 - rate) / ones.count());
    assertThat(mean).isCloseTo(1, within(4 * deviation));
  }

  @Test
  void dropoutIsTheIdentityOutsideTraining() {
    Tensor x = GradientCheck.random(5, 3, 4);
    assertThat(run(new Dropout(0.5, false), x, false, 0).toArray()).isEqualTo(x.toArray());
  }

  @Test
  void whatIsDroppedDependsOnTheSampleNotOnTheBatchItComesIn() {
    Tensor x = GradientCheck.random(5, 6, 40);
    double[] whole = run(new Dropout(0.5, false), x, true, 0).toArray();
    double[] first = run(new Dropout(0.5, false), x.rows(0, 2), true, 0).toArray();
    double[] rest = run(new Dropout(0.5, false), x.rows(2, 6), true, 2).toArray();
    assertThat(Arrays.copyOf(whole, 80)).isEqualTo(first);
    assertThat(Arrays.copyOfRange(whole, 80, 240)).isEqualTo(rest);
    assertThat(Arrays.copyOf(whole, 40)).isNotEqualTo(Arrays.copyOfRange(whole, 40, 80));
  }

  @Test
  void channelsAreDroppedWhole() {
    Tensor ones = Tensor.zeros(Shape.of(4, 5, 3, 2), DType.FLOAT64);
    ones.fill(1);
    double[] y = run(new Dropout(0.5, true), ones, true, 0).toArray();
    for (int i = 0; i < y.length; i++) {
      assertThat(y[i]).isEqualTo(y[i / 6 * 6]).isIn(0.0, 2.0);
    }
    assertThat(y).contains(0.0).contains(2.0);
  }

  @Test
  void recurrentLayersDropWhatGoesFromOneToTheNextOnly() {
    Tensor x = GradientCheck.random(6, 2, 5, 3);
    for (Cell cell : Cell.values()) {
      Layer plain = recurrent(cell, 2, 0);
      Layer dropping = recurrent(cell, 2, 0.5);
      double[] whole = run(plain, x, true, 0).toArray();
      assertThat(run(dropping, x, false, 0).toArray()).isEqualTo(whole);
      assertThat(run(dropping, x, true, 0).toArray()).isNotEqualTo(whole);
      assertThat(run(recurrent(cell, 1, 0.5), x, true, 0).toArray())
          .isEqualTo(run(recurrent(cell, 1, 0), x, true, 0).toArray());
    }
  }

  private static Layer recurrent(Cell cell, int layers, double dropout) {
    RecurrentStack stack = new RecurrentStack(cell, 4, layers, true, 0, dropout);
    return (scope, x) -> stack.forward(scope, x, RecurrentStack.Start.zeros());
  }

  @Test
  void aRateOfOneIsRefused() {
    assertThatThrownBy(
            () -> Layers.of(Settings.of("layers[2]", Map.of("type", "dropout", "rate", 1))))
        .hasMessage("layers[2].rate: 1 came but it must be below 1, or nothing is left");
  }

  @Test
  void reshapeFillsInWhatIsLeft() {
    Layer layer = Layers.of(Settings.of("l", Map.of("type", "reshape", "shape", List.of(2, -1))));
    assertThat(run(layer, GradientCheck.random(1, 3, 8), true, 0).shape())
        .isEqualTo(Shape.of(3, 2, 4));
  }

  private static Tensor run(Layer layer, Tensor x, boolean training, long firstSample) {
    SampleSpec spec = SampleSpec.classification(x.shape().sample(), 2);
    Network network = Network.of(Model.of(layer), spec, DType.FLOAT64, 1);
    Tape tape = new Tape(DType.FLOAT64);
    tape.draws().set(11, 7, firstSample);
    List<Var> inputs = List.of(tape.constant(x));
    Tensor gradients = Tensor.zeros(Shape.of(network.params().trainableCount()), DType.FLOAT64);
    Var y = training ? network.record(tape, inputs, gradients) : network.record(tape, inputs);
    tape.forward();
    return y.value();
  }
}
