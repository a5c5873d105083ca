package io.kiln.nn.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.kiln.nn.autograd.Tape;
import io.kiln.nn.autograd.Var;
import io.kiln.nn.config.Settings;
import io.kiln.nn.data.SampleSpec;
import io.kiln.nn.kernel.Machine;
import io.kiln.nn.tensor.CounterRng;
import io.kiln.nn.tensor.DType;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.Tensor;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Images with their channels side by side against plain ones: the same network, recorded both ways,
 * has the same values and gradients.
 */
@Tag("paths")
class ChannelsLastTest {
  @BeforeAll
  static void needsWideVectors() {
    assumeTrue(
        Machine.here().channelsLast(),
        "there are no vectors, so nothing lies with its channels side by side");
  }

  private record Outcome(Tensor output, Tensor gradients, Tensor input) {}

  private static Tensor random(Shape shape, DType dtype, long seed) {
    Tensor tensor = Tensor.zeros(shape, dtype);
    CounterRng rng = CounterRng.of(seed);
    for (int i = 0; i < tensor.count(); i++) {
      tensor.set(i, rng.normal(i));
    }
    return tensor;
  }

  /** Forward and backward, twice, so that nothing may depend on what memory held before. */
  private static Outcome run(
      Sequential layers, int n, Shape sample, DType dtype, boolean fast, boolean ofInput) {
    Network network = Network.of(Model.of(layers), SampleSpec.classification(sample, 2), dtype, 5);
    Tape tape = new Tape(dtype);
    Tensor x = random(sample.batch(n), dtype, 9);
    Tensor dx = Tensor.zeros(x.shape(), dtype);
    Tensor gradients = Tensor.zeros(Shape.of(network.params().trainableCount()), dtype);
    Var input = ofInput ? tape.variable(x, dx) : tape.constant(x);
    Tensor buffers = network.params().buffers().copy();
    Var y = network.record(tape, List.of(input), gradients, buffers, fast);
    Var loss =
        io.kiln.nn.op.loss.DeviationLoss.of(
            io.kiln.nn.kernel.Deviation.SQUARE,
            1,
            0.5,
            y,
            tape.constant(random(y.shape(), dtype, 3)));
    tape.plan(loss, y);
    for (int i = 0; i < 2; i++) {
      gradients.fill(7);
      dx.fill(7);
      tape.replay();
      tape.backward(loss);
    }
    return new Outcome(
        y.value().copy(), gradients, ofInput ? dx : Tensor.zeros(Shape.of(0), dtype));
  }

  private static double difference(Tensor a, Tensor b) {
    assertThat(a.shape()).isEqualTo(b.shape());
    double difference = 0;
    double size = 1e-30;
    for (int i = 0; i < a.count(); i++) {
      difference += Math.pow(a.get(i) - b.get(i), 2);
      size += Math.pow(b.get(i), 2);
    }
    return Math.sqrt(difference / size);
  }

  private static void check(Sequential layers, int n, int... sample) {
    for (boolean ofInput : new boolean[] {false, true}) {
      Shape shape = Shape.of(sample);
      Outcome exact = run(layers, n, shape, DType.FLOAT64, false, ofInput);
      Outcome fast = run(layers, n, shape, DType.FLOAT64, true, ofInput);
      assertThat(difference(fast.output, exact.output)).isLessThan(1e-12);
      assertThat(difference(fast.gradients, exact.gradients)).isLessThan(1e-12);
      assertThat(difference(fast.input, exact.input)).isLessThan(1e-12);
      Outcome single = run(layers, n, shape, DType.FLOAT32, true, ofInput);
      assertThat(difference(single.output, exact.output.to(DType.FLOAT32))).isLessThan(1e-4);
      assertThat(difference(single.gradients, exact.gradients.to(DType.FLOAT32))).isLessThan(1e-3);
    }
  }

  private static Layer conv(int filters, int kernel, int stride, int padding, int dilation) {
    return Conv2d.from(
        Settings.of(
            "conv2d",
            Map.of(
                "filters",
                filters,
                "kernel",
                kernel,
                "stride",
                stride,
                "padding",
                padding,
                "dilation",
                dilation)));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 9, 13, 32})
  void threeByThreeOfAnySize(int size) {
    Sequential layers =
        Sequential.of(
            conv(20, 3, 1, 1, 1),
            new Relu(),
            conv(33, 3, 1, 1, 1),
            new Relu(),
            conv(9, 3, 1, 1, 1));
    check(layers, 3, 2, size, size);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2})
  void threeByThreeWithAnyPadding(int padding) {
    Sequential layers =
        Sequential.of(conv(16, 3, 1, padding, 1), conv(17, 3, 1, padding, 1), new Relu());
    check(layers, 2, 3, 11, 6);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "5 1 0 1", "5 1 2 1", "3 2 1 1", "1 1 0 1", "1 2 0 1", "2 1 0 1", "3 1 2 2", "7 2 3 1"
      })
  void otherWindows(String window) {
    int[] w = java.util.Arrays.stream(window.split(" ", -1)).mapToInt(Integer::parseInt).toArray();
    Sequential layers =
        Sequential.of(
            conv(10, w[0], w[1], w[2], w[3]), new Relu(), conv(24, w[0], w[1], w[2], w[3]));
    check(layers, 3, 2, 17, 19);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 5})
  void poolingAndNormalization(int n) {
    Sequential halves =
        Sequential.of(
            conv(12, 3, 1, 1, 1),
            new Relu(),
            MaxPool2d.of(2, 2, 0),
            conv(16, 3, 1, 1, 1),
            BatchNorm.of(),
            new Relu(),
            MaxPool2d.of(3, 2, 1),
            conv(8, 1, 1, 0, 1),
            new Relu(),
            new GlobalAvgPool(),
            Dense.of(3));
    check(halves, n, 1, 16, 16);
    Sequential uneven =
        Sequential.of(
            conv(12, 3, 1, 1, 1),
            MaxPool2d.of(2, 2, 0),
            new Relu(),
            conv(16, 3, 1, 0, 1),
            new Flatten(),
            Dense.of(4));
    check(uneven, n, 3, 13, 9);
  }
}
