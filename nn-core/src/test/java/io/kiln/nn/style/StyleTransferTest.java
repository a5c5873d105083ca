package io.kiln.nn.style;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kiln.nn.config.ConfigException;
import io.kiln.nn.config.Settings;
import io.kiln.nn.data.Picture;
import io.kiln.nn.data.SampleSpec;
import io.kiln.nn.layer.Network;
import io.kiln.nn.tensor.CounterRng;
import io.kiln.nn.tensor.DType;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.Tensor;
import io.kiln.nn.zoo.Models;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class StyleTransferTest {
  private static Network network(DType dtype) {
    SampleSpec spec = SampleSpec.classification(Shape.of(3, 32, 32), 4);
    return Network.of(
        Models.from(Settings.of("model", Map.of("type", "squeezenet1-1")), spec), spec, dtype, 3);
  }

  private static StyleSettings settings(
      StyleSettings.Optimizer optimizer, int steps, boolean originalColours) {
    return new StyleSettings(
        48,
        steps,
        1,
        new TreeMap<>(Map.of(4, 1.0)),
        new TreeMap<>(Map.of(1, 1.0, 3, 0.5)),
        2,
        0.1,
        1,
        optimizer,
        0.05,
        originalColours);
  }

  private static Picture picture(long seed, int height, int width) {
    byte[] planes = new byte[3 * height * width];
    for (int i = 0; i < planes.length; i++) {
      planes[i] = (byte) (256 * CounterRng.of(seed).uniform(i / 5));
    }
    return new Picture(height, width, planes);
  }

  @Test
  void theGradientIsThatOfTheLoss() {
    Network network = network(DType.FLOAT64);
    Tensor content = Tensor.zeros(Shape.of(1, 3, 36, 40), DType.FLOAT64);
    Tensor style = Tensor.zeros(Shape.of(1, 3, 33, 35), DType.FLOAT64);
    for (int i = 0; i < content.count(); i++) {
      content.set(i, CounterRng.of(1).uniform(i) - 0.5);
    }
    for (int i = 0; i < style.count(); i++) {
      style.set(i, CounterRng.of(2).uniform(i) - 0.5);
    }
    StyleLoss loss =
        new StyleLoss(network, settings(StyleSettings.Optimizer.ADAM, 1, false), content, style);
    Tensor image = loss.image();
    for (int i = 0; i < image.count(); i++) {
      image.set(i, CounterRng.of(3).uniform(i) - 0.5);
    }
    loss.run();
    Tensor gradient = loss.gradient().copy();
    double h = 1e-6;
    for (int i = 5; i < image.count(); i += 397) {
      double before = image.get(i);
      image.set(i, before + h);
      double above = loss.run();
      image.set(i, before - h);
      double below = loss.run();
      image.set(i, before);
      double slope = (above - below) / (2 * h);
      assertThat(gradient.get(i))
          .isCloseTo(slope, org.assertj.core.api.Assertions.within(1e-4 * Math.abs(slope) + 1e-7));
    }
  }

  @ParameterizedTest
  @EnumSource(StyleSettings.Optimizer.class)
  void theStyleComesNearerAndTheContentIsNotLost(StyleSettings.Optimizer optimizer) {
    StyleTransfer transfer =
        new StyleTransfer(network(DType.FLOAT32), settings(optimizer, 25, false));
    StyleTransfer.Painted painted = transfer.paint(picture(1, 60, 80), picture(2, 50, 50));
    assertThat(painted.picture().width()).isEqualTo(48);
    assertThat(painted.picture().height()).isEqualTo(36);
    List<StyleTransfer.Point> curve = painted.curve();
    assertThat(curve).hasSize(25);
    assertThat(curve.get(0).content()).isLessThan(1e-6);
    assertThat(curve.get(24).style()).isLessThan(0.7 * curve.get(0).style());
    assertThat(curve.get(24).total()).isLessThan(0.7 * curve.get(0).total());
    assertThat(transfer.paint(picture(1, 60, 80), picture(2, 50, 50)).picture().planes())
        .isEqualTo(painted.picture().planes());
  }

  @Test
  void originalColoursAreThoseOfTheContent() {
    byte[] grey = new byte[3 * 48 * 48];
    for (int i = 0; i < grey.length; i++) {
      grey[i] = (byte) (i % (48 * 48) / 13);
    }
    StyleTransfer transfer =
        new StyleTransfer(network(DType.FLOAT32), settings(StyleSettings.Optimizer.ADAM, 5, true));
    byte[] planes =
        transfer.paint(new Picture(48, 48, grey), picture(2, 50, 50)).picture().planes();
    int area = 48 * 48;
    for (int i = 0; i < area; i++) {
      assertThat(planes[i]).isEqualTo(planes[area + i]).isEqualTo(planes[2 * area + i]);
    }
  }

  @Test
  void wrongSettingsAreNamed() {
    StyleSettings usual = StyleSettings.squeezenet();
    assertThatThrownBy(
            () ->
                new StyleTransfer(
                        network(DType.FLOAT32),
                        usual.withLayers(new TreeMap<>(Map.of(40, 1.0)), usual.style()))
                    .check())
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("came but some of 0 to 12 are needed");
    assertThatThrownBy(() -> settings(StyleSettings.Optimizer.ADAM, 0, false))
        .hasMessage("style: steps is 0 but 1 or more is needed");
  }
}
