package io.kiln.nn.zoo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.kiln.nn.autograd.Params;
import io.kiln.nn.autograd.Tape;
import io.kiln.nn.autograd.Var;
import io.kiln.nn.config.ConfigException;
import io.kiln.nn.config.Settings;
import io.kiln.nn.data.SampleSpec;
import io.kiln.nn.layer.Network;
import io.kiln.nn.tensor.CounterRng;
import io.kiln.nn.tensor.DType;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.Tensor;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ViewedTest {
  private static final SampleSpec IMAGES = SampleSpec.classification(Shape.of(1, 28, 28), 10);

  @Test
  void inUseTheAnswerIsTheMeanOfTheImageAndItsMirror() {
    Network plain = network(Map.of("type", "lenet"));
    Network viewed = network(Map.of("type", "lenet", "views", Map.of("flip", true)));
    assertThat(viewed.params().entries()).isEqualTo(plain.params().entries());
    Tensor x = images();
    double[] straight = plain.apply(x).toArray();
    double[] mirrored = plain.apply(mirror(x)).toArray();
    double[] answers = viewed.apply(x).toArray();
    for (int i = 0; i < answers.length; i++) {
      assertThat(answers[i]).isCloseTo((straight[i] + mirrored[i]) / 2, within(1e-12));
    }
    assertThat(answers).isNotEqualTo(straight);
  }

  @Test
  void trainingSeesEachImageAsItIs() {
    assertThat(trained(Map.of("type", "lenet", "views", Map.of("shift", 2))))
        .isEqualTo(trained(Map.of("type", "lenet")));
  }

  @Test
  void listsOfLayersHaveViewsToo() {
    Map<String, Object> dense = Map.of("type", "dense", "units", 10);
    List<Object> layers = List.of(Map.of("type", "flatten"), dense);
    double[] viewed =
        network(Map.of("layers", layers, "views", Map.of())).apply(images()).toArray();
    double[] mirrored =
        network(Map.of("layers", layers, "views", Map.of())).apply(mirror(images())).toArray();
    for (int i = 0; i < viewed.length; i++) {
      assertThat(viewed[i]).isCloseTo(mirrored[i], within(1e-12));
    }
  }

  @Test
  void whatIsNoImageIsRefused() {
    assertThatThrownBy(
            () ->
                Models.from(
                    Settings.of(
                        "model", Map.of("type", "mlp", "hidden", List.of(), "views", Map.of())),
                    SampleSpec.classification(Shape.of(4), 3)))
        .isInstanceOf(ConfigException.class)
        .hasMessage("model.views: it needs images [c, h, w] but a sample is [[4]]; leave it out");
  }

  private static Network network(Map<String, Object> model) {
    return Network.of(Models.from(Settings.of("model", model), IMAGES), IMAGES, DType.FLOAT64, 3);
  }

  private static double[] trained(Map<String, Object> model) {
    Network network = network(model);
    Tape tape = new Tape(DType.FLOAT64);
    Params params = network.params();
    Tensor gradients = Tensor.zeros(Shape.of(params.trainableCount()), DType.FLOAT64);
    Var y = network.record(tape, List.of(tape.constant(images())), gradients);
    tape.forward();
    return y.value().toArray();
  }

  private static Tensor images() {
    Tensor x = Tensor.zeros(Shape.of(2, 1, 28, 28), DType.FLOAT64);
    for (int i = 0; i < x.count(); i++) {
      x.set(i, CounterRng.of(5).uniform(i));
    }
    return x;
  }

  private static Tensor mirror(Tensor x) {
    Tensor y = Tensor.zeros(x.shape(), DType.FLOAT64);
    for (int i = 0; i < x.count(); i++) {
      y.set(i, x.get(i / 28 * 28 + 27 - i % 28));
    }
    return y;
  }
}
