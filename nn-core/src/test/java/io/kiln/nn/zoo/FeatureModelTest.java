package io.kiln.nn.zoo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

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
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FeatureModelTest {
  private static Network network(String type) {
    SampleSpec spec = SampleSpec.classification(Shape.of(3, 32, 32), 4);
    return Network.of(
        Models.from(Settings.of("model", Map.of("type", type)), spec), spec, DType.FLOAT32, 3);
  }

  private static List<Var> features(Network network, Tape tape, Integer... layers) {
    Tensor image = Tensor.zeros(Shape.of(1, 3, 40, 36), DType.FLOAT32);
    for (int i = 0; i < image.count(); i++) {
      image.set(i, CounterRng.of(7).uniform(i) - 0.5);
    }
    List<Var> outputs =
        FeatureModel.record(network, tape, tape.constant(image), new TreeSet<>(List.of(layers)));
    tape.forward();
    return outputs;
  }

  /** A convolution before a rectifier gives what it gives, whoever else is asked. */
  @ParameterizedTest
  @ValueSource(strings = {"squeezenet1-1", "vgg11"})
  void aLayersOutputDoesNotDependOnWhichOthersAreAskedFor(String type) {
    Network network = network(type);
    List<Var> together = features(network, new Tape(DType.FLOAT32), 0, 1, 2, 3, 4);
    for (int layer = 0; layer < 5; layer++) {
      Tensor alone = features(network, new Tape(DType.FLOAT32), layer).get(0).value();
      Tensor one = together.get(layer).value();
      assertThat(alone.shape()).isEqualTo(one.shape());
      for (int i = 0; i < alone.count(); i++) {
        assertThat(alone.get(i)).as("layer %s, %s", layer, i).isCloseTo(one.get(i), within(1e-4));
      }
    }
    Tensor before = together.get(0).value();
    Tensor after = together.get(1).value();
    boolean below = false;
    for (int i = 0; i < before.count(); i++) {
      below |= before.get(i) < 0;
      assertThat(after.get(i)).isCloseTo(Math.max(0, before.get(i)), within(1e-5));
    }
    assertThat(below).isTrue();
  }

  @Test
  void layersThatAreNotThereAreNamed() {
    Network network = network("squeezenet1-1");
    assertThatThrownBy(() -> features(network, new Tape(DType.FLOAT32), 1, 13))
        .isInstanceOf(ConfigException.class)
        .hasMessage("features: layers [1, 13] came but some of 0 to 12 are needed");
    SampleSpec spec = SampleSpec.classification(Shape.of(3, 32, 32), 4);
    Network other =
        Network.of(
            Models.from(Settings.of("model", Map.of("type", "lenet")), spec),
            spec,
            DType.FLOAT32,
            3);
    assertThatThrownBy(() -> features(other, new Tape(DType.FLOAT32), 1))
        .hasMessageContaining("features: the network is a Lenet but squeezenet1-1");
  }
}
