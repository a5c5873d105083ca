package io.kiln.nn.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.kiln.nn.autograd.Tape;
import io.kiln.nn.autograd.Var;
import io.kiln.nn.config.Settings;
import io.kiln.nn.data.SampleSpec;
import io.kiln.nn.tensor.DType;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.Tensor;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The expected numbers are PyTorch 1.13's in float64: two layers, three steps, h = 2. */
class RecurrentStackTest {
  private static final List<String> NAMES =
      List.of(
          "weight_ih_l0",
          "weight_hh_l0",
          "bias_ih_l0",
          "bias_hh_l0",
          "weight_ih_l1",
          "weight_hh_l1",
          "bias_ih_l1",
          "bias_hh_l1");

  @Test
  void rnnMatchesPyTorch() {
    Run run = new Run(Rnn.from(Settings.of("rnn", Map.of("hidden", 2, "layers", 2))));
    assertClose(
        run.y.value(),
        new double[] {
          0.282177783861,
          0.682420057356,
          0.240317860824,
          0.670868649930,
          0.165939630907,
          0.714240738604,
          0.067452067325,
          0.774649507576,
          0.272108427833,
          0.633960509602,
          0.266111847148,
          0.648330139685
        });
    assertClose(
        run.x.grad(),
        new double[] {
          0.032215704105,
          -0.119236535142,
          -0.001489761961,
          -0.023017825267,
          0.115703023214,
          -0.006797569762,
          0.027625809268,
          -0.072245373397,
          -0.009008972067,
          -0.093075203030,
          0.170613692000,
          0.049109933299,
          0.054786438792,
          -0.139204157905,
          -0.018915060133,
          -0.021837594944,
          0.109244725717,
          -0.006313567934
        });
    run.assertGradient("weight_hh_l0", -0.147643587176, -0.034685026637);
    run.assertGradient("bias_hh_l0", 0.156098509298, -0.045192141747);
    run.assertGradient("weight_ih_l1", -0.302474734633, 0.076925895310);
  }

  @Test
  void lstmMatchesPyTorch() {
    Run run = new Run(Lstm.from(Settings.of("lstm", Map.of("hidden", 2, "layers", 2))));
    assertClose(
        run.y.value(),
        new double[] {
          0.079190003259,
          0.160532021110,
          0.110043532827,
          0.199303567926,
          0.116872857719,
          0.217625191907,
          0.091101919541,
          0.148112501941,
          0.136510162765,
          0.177481881094,
          0.140678726339,
          0.200684425698
        });
    assertClose(
        run.x.grad(),
        new double[] {
          -0.001422336410,
          -0.000230886048,
          0.001481833202,
          -0.001362546866,
          0.001094610434,
          0.001080477810,
          -0.002559030375,
          -0.000018612310,
          0.002563826563,
          0.005987357219,
          -0.003937758709,
          -0.004972640160,
          -0.003506576709,
          0.003761138998,
          0.002537372605,
          0.007432952588,
          -0.002335064142,
          -0.006831232271
        });
    run.assertGradient("weight_hh_l0", -0.016405059046, 0.000981138257);
    run.assertGradient("bias_hh_l0", 0.003512245013, -0.007595199981);
    run.assertGradient("weight_ih_l1", -0.014023178763, 0.007518398700);
  }

  @Test
  void gruMatchesPyTorch() {
    Run run = new Run(Gru.from(Settings.of("gru", Map.of("hidden", 2, "layers", 2))));
    assertClose(
        run.y.value(),
        new double[] {
          0.149017476787,
          0.379440955977,
          0.165409117639,
          0.513179827609,
          0.184197371503,
          0.549093978990,
          0.215503335610,
          0.346040940728,
          0.343054984916,
          0.409279977338,
          0.341506971355,
          0.474252839917
        });
    assertClose(
        run.x.grad(),
        new double[] {
          -0.020209666871,
          0.001407564982,
          0.019846952875,
          0.005701579382,
          0.001542614832,
          -0.006099094237,
          -0.034079317536,
          0.012282126850,
          0.030914348690,
          0.016040298941,
          -0.007896592172,
          -0.014005434091,
          -0.009444537484,
          0.001968780240,
          0.008937204495,
          0.047237107114,
          -0.004292494748,
          -0.046130978484
        });
    run.assertGradient("weight_hh_l0", -0.021327775989, 0.004423269415);
    run.assertGradient("bias_hh_l0", -0.032539371782, 0.002224688334);
    run.assertGradient("weight_ih_l1", 0.063982965407, 0.004442236415);
  }

  @Test
  void parametersHaveTheNamesOfPyTorchInItsOrder() {
    Network network = network(Gru.from(Settings.of("gru", Map.of("hidden", 2, "layers", 2))));
    assertThat(network.params().entries()).extracting("name").isEqualTo(NAMES);
    assertThat(network.params().entry("weight_ih_l1").shape()).isEqualTo(Shape.of(6, 2));
  }

  @Test
  void inputWithoutStepsIsRefused() {
    assertThatThrownBy(
            () ->
                Network.of(
                    Model.of(Rnn.of(4)),
                    SampleSpec.classification(Shape.of(3), 2),
                    DType.FLOAT32,
                    1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("recurrent: x is [1, 3] but [n, t, d] is needed; put an embedding before it");
  }

  private static Network network(Layer layer) {
    SampleSpec spec = SampleSpec.classification(Shape.of(3, 3), 2);
    return Network.of(Model.of(layer), spec, DType.FLOAT64, 1);
  }

  private static void fill(Tensor x, double seed) {
    for (int i = 0; i < x.count(); i++) {
      x.set(i, 0.5 * Math.sin(1.7 * i + seed));
    }
  }

  private static void assertClose(Tensor x, double[] expected) {
    assertThat(x.toArray()).containsExactly(expected, within(1e-11));
  }

  private static final class Run {
    private final Network network;
    private final Tensor gradients;
    private final Var x;
    private final Var y;

    Run(Layer layer) {
      network = network(layer);
      for (int k = 0; k < NAMES.size(); k++) {
        fill(network.params().value(NAMES.get(k)), k);
      }
      gradients = Tensor.zeros(Shape.of(network.params().trainableCount()), DType.FLOAT64);
      Tape tape = new Tape(DType.FLOAT64);
      Tensor input = Tensor.zeros(Shape.of(2, 3, 3), DType.FLOAT64);
      fill(input, 9);
      x = tape.variable(input);
      y = network.record(tape, List.of(x), gradients);
      tape.forward();
      Tensor seed = Tensor.zeros(y.shape(), DType.FLOAT64);
      fill(seed, 20);
      tape.backward(y, seed);
    }

    void assertGradient(String name, double sum, double weighted) {
      Tensor gradient =
          gradients.slice(
              network.params().entry(name).offset(), network.params().entry(name).shape());
      double all = 0;
      double some = 0;
      for (int i = 0; i < gradient.count(); i++) {
        all += gradient.get(i);
        some += gradient.get(i) * 0.5 * Math.sin(1.7 * i + 30);
      }
      assertThat(all).isCloseTo(sum, within(1e-11));
      assertThat(some).isCloseTo(weighted, within(1e-11));
    }
  }
}
