package io.kiln.nn.zoo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.kiln.nn.autograd.GradientCheck;
import io.kiln.nn.autograd.Params;
import io.kiln.nn.autograd.Tape;
import io.kiln.nn.autograd.Var;
import io.kiln.nn.config.ConfigException;
import io.kiln.nn.config.Settings;
import io.kiln.nn.data.SampleSpec;
import io.kiln.nn.layer.Layer;
import io.kiln.nn.layer.Model;
import io.kiln.nn.layer.Network;
import io.kiln.nn.layer.Sequential;
import io.kiln.nn.tensor.DType;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.Tensor;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The networks with published weights: the same parameters as the originals. */
class ImageNetworksTest {
  private static final List<Integer> VGG16 =
      List.of(64, 64, 0, 128, 128, 0, 256, 256, 256, 0, 512, 512, 512, 0, 512, 512, 512, 0);
  private static final List<Integer> VGG19 =
      List.of(
          64, 64, 0, 128, 128, 0, 256, 256, 256, 256, 0, 512, 512, 512, 512, 0, 512, 512, 512, 512,
          0);
  private static final int[][] FIRES_1_0 = {
    {3, 96, 16, 64},
    {4, 128, 16, 64},
    {5, 128, 32, 128},
    {7, 256, 32, 128},
    {8, 256, 48, 192},
    {9, 384, 48, 192},
    {10, 384, 64, 256},
    {12, 512, 64, 256}
  };
  private static final int[][] FIRES_1_1 = {
    {3, 64, 16, 64},
    {4, 128, 16, 64},
    {6, 128, 32, 128},
    {7, 256, 32, 128},
    {9, 256, 48, 192},
    {10, 384, 48, 192},
    {11, 384, 64, 256},
    {12, 512, 64, 256}
  };

  static Stream<Arguments> originals() {
    int imagenet = 1000;
    return Stream.of(
        Arguments.of("{type: vgg16}", StateDict.vgg(VGG16, false, imagenet), 138357544),
        Arguments.of("{type: vgg19}", StateDict.vgg(VGG19, false, imagenet), 143667240),
        Arguments.of("{type: vgg16, bn}", StateDict.vgg(VGG16, true, imagenet), 138365992),
        Arguments.of("{type: vgg19, bn}", StateDict.vgg(VGG19, true, imagenet), 143678248),
        Arguments.of(
            "{type: resnet18}", StateDict.resnet(1, new int[] {2, 2, 2, 2}, imagenet), 11689512),
        Arguments.of(
            "{type: resnet34}", StateDict.resnet(1, new int[] {3, 4, 6, 3}, imagenet), 21797672),
        Arguments.of(
            "{type: resnet50}", StateDict.resnet(4, new int[] {3, 4, 6, 3}, imagenet), 25557032),
        Arguments.of(
            "{type: resnet101}", StateDict.resnet(4, new int[] {3, 4, 23, 3}, imagenet), 44549160),
        Arguments.of(
            "{type: resnet152}", StateDict.resnet(4, new int[] {3, 8, 36, 3}, imagenet), 60192808),
        Arguments.of(
            "{type: squeezenet1-0}",
            StateDict.squeezenet(new int[] {96, 7}, FIRES_1_0, imagenet),
            1248424),
        Arguments.of(
            "{type: squeezenet1-1}",
            StateDict.squeezenet(new int[] {64, 3}, FIRES_1_1, imagenet),
            1235496),
        Arguments.of("{type: resnet20}", StateDict.cifar(3, false, 10), 269722),
        Arguments.of("{type: resnet32}", StateDict.cifar(5, false, 10), 464154),
        Arguments.of("{type: resnet56}", StateDict.cifar(9, false, 10), 853018),
        Arguments.of("{type: resnet20, shortcut: B}", StateDict.cifar(3, true, 10), 272474));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("originals")
  void everyParameterHasNameAndShapeOfTheOriginal(String model, StateDict original, long count) {
    assertThat(original.parameters()).isEqualTo(count);
    boolean cifar = model.matches(".*resnet(20|32|56).*");
    // Other sizes than the original's give the same parameters.
    for (int side : cifar ? new int[] {32, 19} : new int[] {224, 65}) {
      SampleSpec spec = SampleSpec.classification(Shape.of(3, side, side + 1), cifar ? 10 : 1000);
      Map<String, Shape> declared = new LinkedHashMap<>();
      for (Params.Declared one : Network.declared(Models.from(settings(model), spec), spec)) {
        declared.put(one.name(), one.shape());
      }
      assertThat(declared).containsExactlyEntriesOf(original.entries());
    }
  }

  @ParameterizedTest
  @CsvSource({"resnet50, 1", "resnet20, 1", "vgg11, 32", "squeezenet1-1, 17", "squeezenet1-0, 21"})
  void smallImagesAreTaken(String type, int side) {
    SampleSpec spec = SampleSpec.classification(Shape.of(3, side, side), 7);
    Model model = Models.from(Settings.of("model", Map.of("type", type)), spec);
    assertThat(Network.declared(model, spec)).isNotEmpty();
    if (side > 1) {
      SampleSpec less = SampleSpec.classification(Shape.of(3, side - 1, side), 7);
      assertThatThrownBy(() -> Network.declared(model, less))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  private static Settings settings(String text) {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("type", text.replaceFirst("^.type: ([a-z0-9-]+).*$", "$1"));
    if (text.contains("bn")) {
      values.put("batch-norm", true);
    }
    if (text.contains("shortcut")) {
      values.put("shortcut", "B");
    }
    return Settings.of("model", values);
  }

  @ParameterizedTest
  @CsvSource({
    // √(2 / (64·7·7)): He normal by the outputs
    "resnet18, conv1.weight, 0.025254",
    "resnet18, layer4.1.conv2.weight, 0.020833",
    // 1/√512 uniform: PyTorch's Linear
    "resnet18, fc.weight, 0.025516",
    // √(2 / (16·9)): He normal by the inputs
    "resnet20, layer1.0.conv1.weight, 0.117851",
    "resnet20, linear.weight, 0.176777",
    // √(6 / 27) uniform has the deviation √(2 / 27)
    "squeezenet1-1, features.0.weight, 0.272166",
    "squeezenet1-1, classifier.1.weight, 0.01",
    "vgg11, features.0.weight, 0.058926",
    "vgg11, classifier.6.weight, 0.01"
  })
  void initialValuesHaveTheDeviationOfTheOriginal(String type, String name, double deviation) {
    SampleSpec spec = SampleSpec.classification(Shape.of(3, 64, 64), 100);
    Model model = Models.from(Settings.of("model", Map.of("type", type)), spec);
    Network.Selection others =
        new Network.Selection(none -> false, none -> false, other -> !other.equals(name));
    Network network = Network.of(model, spec, DType.FLOAT32, 5, others);
    double[] w = network.params().value(name).toArray();
    double square = Arrays.stream(w).map(v -> v * v).average().orElseThrow();
    assertThat(Math.sqrt(square)).isCloseTo(deviation, within(0.1 * deviation));
  }

  @Test
  void unknownNamesAreAnsweredWithTheNearest() {
    SampleSpec spec = SampleSpec.classification(Shape.of(3, 32, 32), 10);
    for (String name : List.of("resnet21", "resnet", "vgg-16")) {
      assertThatThrownBy(() -> Models.from(Settings.of("model", Map.of("type", name)), spec))
          .isInstanceOf(ConfigException.class)
          .hasMessageStartingWith("model.type: there is no model '" + name + "'; did you mean ")
          .hasMessageContaining("resnet20, resnet32")
          .hasMessageContaining("squeezenet1-1, vgg11");
    }
    assertThatThrownBy(() -> Resnet.of(17, 10))
        .hasMessage(
            "resnet: 17 came but there are resnet18, resnet34, resnet50, resnet101, resnet152; use"
                + " one of them");
  }

  @Test
  void paddedShortcutTakesEverySecondElementAndPutsZerosAround() {
    double[] x = new double[2 * 3 * 3];
    Arrays.setAll(x, i -> i + 1);
    Tape tape = new Tape(DType.FLOAT64);
    Tensor y = run(tape, new PaddedShortcut(4), Tensor.of(DType.FLOAT64, Shape.of(1, 2, 3, 3), x));
    assertThat(y.shape()).isEqualTo(Shape.of(1, 4, 2, 2));
    assertThat(y.toArray()).containsExactly(0, 0, 0, 0, 1, 3, 7, 9, 10, 12, 16, 18, 0, 0, 0, 0);
  }

  @Test
  void residualBlockRectifiesTheSum() {
    Tensor x = GradientCheck.random(3, 2, 1, 2, 2);
    Layer twice = (scope, v) -> io.kiln.nn.op.arithmetic.Add.of(v, v);
    Tensor y = run(new Tape(DType.FLOAT64), Residual.of(Sequential.of(twice)), x);
    for (int i = 0; i < x.count(); i++) {
      assertThat(y.get(i)).isEqualTo(Math.max(3 * x.get(i), 0));
    }
  }

  private static Tensor run(Tape tape, Layer layer, Tensor x) {
    SampleSpec spec = SampleSpec.classification(x.shape().sample(), 2);
    Network network = Network.of(Model.of(layer), spec, DType.FLOAT64, 1);
    Var y = network.record(tape, List.of(tape.constant(x)));
    tape.forward();
    return y.value();
  }

  @ParameterizedTest
  @CsvSource({"resnet18, 50, 41", "resnet20, 32, 32", "squeezenet1-1, 67, 40"})
  void trainingStepsFillEveryGradient(String type, int height, int width) {
    SampleSpec spec = SampleSpec.classification(Shape.of(3, height, width), 3);
    Model model = Models.from(Settings.of("model", Map.of("type", type)), spec);
    Network network = Network.of(model, spec, DType.FLOAT32, 2);
    Tape tape = new Tape(DType.FLOAT32);
    Tensor gradients = Tensor.zeros(Shape.of(network.params().trainableCount()), DType.FLOAT32);
    Tensor x = GradientCheck.random(8, 2, 3, height, width).to(DType.FLOAT32);
    Var y = network.record(tape, List.of(tape.constant(x)), gradients);
    assertThat(y.shape()).isEqualTo(Shape.of(2, 3));
    tape.plan(y);
    tape.replay();
    tape.backward(y, GradientCheck.random(9, 2, 3).to(DType.FLOAT32));
    for (Params.Entry entry : network.params().entries()) {
      if (entry.role().isTrainable()) {
        Tensor gradient = gradients.slice(entry.offset(), entry.shape());
        double sum = Arrays.stream(gradient.toArray()).map(Math::abs).sum();
        assertThat(sum).as(entry.name()).isPositive().isFinite();
      }
    }
  }
}
