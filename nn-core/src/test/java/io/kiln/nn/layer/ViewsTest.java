package io.kiln.nn.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.kiln.nn.config.Settings;
import io.kiln.nn.data.SampleSpec;
import io.kiln.nn.tensor.DType;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.Tensor;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ViewsTest {
  private static Tensor wave(int seed, Shape shape) {
    Tensor x = Tensor.zeros(shape, DType.FLOAT64);
    for (int i = 0; i < x.count(); i++) {
      x.set(i, Math.sin(seed + 1.7 * (i + 1.0) * (i + 1)));
    }
    return x;
  }

  /** Σ cos(i + 1)·y[i] of PyTorch's flip, reflecting pad and conv2d in float64. */
  @ParameterizedTest
  @CsvSource({"0, -19.33499608979926", "1, -9.701369068388235"})
  void inUseTheMeanOfAllViewsIsTheAnswer(int shift, double expected) {
    Map<String, Object> convolution =
        Map.of("type", "conv2d", "filters", 2, "kernel", 3, "padding", 1);
    Layer views =
        Layers.of(
            Settings.of(
                "layer", Map.of("type", "views", "shift", shift, "layers", List.of(convolution))));
    SampleSpec spec = new SampleSpec(List.of(Shape.of(3, 5, 4)), Shape.of(), 0, List.of());
    Network network = Network.of(Model.of(views), spec, DType.FLOAT64, 1);
    assertThat(network.params().entries().get(0).name()).isEqualTo("0.weight");
    network.params().value("0.weight").copyFrom(wave(100, Shape.of(2, 3, 3, 3)));
    network.params().value("0.bias").copyFrom(wave(101, Shape.of(2)));
    Tensor y = network.apply(wave(3, Shape.of(2, 3, 5, 4)));
    double sum = 0;
    for (int i = 0; i < y.count(); i++) {
      sum += Math.cos(i + 1.0) * y.get(i);
    }
    assertThat(sum).isCloseTo(expected, within(1e-10));
  }
}
