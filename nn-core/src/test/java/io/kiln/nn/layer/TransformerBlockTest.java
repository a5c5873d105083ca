package io.kiln.nn.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.kiln.nn.autograd.Params;
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

/** The expected numbers are PyTorch 1.13's in float64: two causal heads over three steps, d = 4. */
class TransformerBlockTest {
  private static final List<String> ATTENTION =
      List.of("in_proj_weight", "in_proj_bias", "out_proj.weight", "out_proj.bias");
  private static final List<String> BLOCK =
      List.of(
          "self_attn.in_proj_weight",
          "self_attn.in_proj_bias",
          "self_attn.out_proj.weight",
          "self_attn.out_proj.bias",
          "linear1.weight",
          "linear1.bias",
          "linear2.weight",
          "linear2.bias",
          "norm1.weight",
          "norm1.bias",
          "norm2.weight",
          "norm2.bias");

  @Test
  void attentionMatchesPyTorch() {
    Settings settings = Settings.of("attention", Map.of("heads", 2, "causal", true));
    assertMatches(
        MultiHeadAttention.from(settings),
        ATTENTION,
        new double[] {7.393627992600, -1.163586260770},
        new double[] {-0.020032628420, 0.194811937739},
        new double[] {0.731367919795, 18.465793790773});
  }

  @Test
  void blockWithNormalisationFirstMatchesPyTorch() {
    assertMatches(
        block("first", "gelu"),
        BLOCK,
        new double[] {8.145764018494, -2.821024350200},
        new double[] {0.639462323736, -2.454549609696},
        new double[] {4.792362661752, 61.186573153862});
  }

  @Test
  void blockWithNormalisationLastMatchesPyTorch() {
    assertMatches(
        block("last", "relu"),
        BLOCK,
        new double[] {-4.973949677977, 0.587541518662},
        new double[] {-0.042493627427, 0.261988047441},
        new double[] {2.925461478061, 23.606020255388});
  }

  private static Layer block(String norm, String activation) {
    return TransformerBlock.from(
        Settings.of(
            "block",
            Map.of(
                "heads", 2, "causal", true, "width", 5, "norm", norm, "activation", activation)));
  }

  /** Each pair is a plain sum and a weighted one; of the weights' gradients, sum and squares. */
  private static void assertMatches(
      Layer layer, List<String> names, double[] y, double[] dx, double[] dw) {
    SampleSpec spec = SampleSpec.classification(Shape.of(3, 4), 2);
    Network network = Network.of(Model.of(layer), spec, DType.FLOAT64, 1);
    Params params = network.params();
    assertThat(params.entries()).extracting("name").containsExactlyInAnyOrderElementsOf(names);
    for (int k = 0; k < names.size(); k++) {
      fill(params.value(names.get(k)), k);
    }
    Tensor gradients = Tensor.zeros(Shape.of(params.trainableCount()), DType.FLOAT64);
    Tape tape = new Tape(DType.FLOAT64);
    Tensor input = Tensor.zeros(Shape.of(2, 3, 4), DType.FLOAT64);
    fill(input, 9);
    Var x = tape.variable(input);
    Var out = network.record(tape, List.of(x), gradients);
    tape.forward();
    Tensor seed = Tensor.zeros(out.shape(), DType.FLOAT64);
    fill(seed, 20);
    tape.backward(out, seed);
    assertThat(sums(out.value())).containsExactly(y, within(1e-11));
    assertThat(sums(x.grad())).containsExactly(dx, within(1e-11));
    double sum = 0;
    double squares = 0;
    for (double g : gradients.toArray()) {
      sum += g;
      squares += g * g;
    }
    assertThat(new double[] {sum, squares}).containsExactly(dw, within(1e-10));
  }

  private static void fill(Tensor x, double seed) {
    for (int i = 0; i < x.count(); i++) {
      x.set(i, 0.5 * Math.sin(1.7 * i + seed));
    }
  }

  private static double[] sums(Tensor x) {
    double sum = 0;
    double weighted = 0;
    for (int i = 0; i < x.count(); i++) {
      sum += x.get(i);
      weighted += x.get(i) * 0.5 * Math.sin(1.7 * i + 30);
    }
    return new double[] {sum, weighted};
  }
}
