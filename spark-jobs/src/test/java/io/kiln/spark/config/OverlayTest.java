package io.kiln.spark.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kiln.nn.config.ConfigException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class OverlayTest {
  private static final Map<String, Object> BASE =
      Map.of(
          "loss", "mse",
          "train", Map.of("epochs", 5, "seed", 1),
          "model", Map.of("layers", List.of(Map.of("units", 4), Map.of("units", 2))));

  @Test
  void aValueIsChangedAndTheRestStays() {
    assertThat(Overlay.with(BASE, List.of("train.epochs=7")).get("train"))
        .isEqualTo(Map.of("epochs", 7, "seed", 1));
    assertThat(BASE.get("train")).isEqualTo(Map.of("epochs", 5, "seed", 1));
  }

  @Test
  void valuesAreYaml() {
    assertThat(
            Overlay.with(
                Map.of(),
                List.of("a=[1, 2]", "b={x: 1}", "c=a=b", "d=1e-3", "e= text with spaces")))
        .isEqualTo(
            Map.of(
                "a",
                List.of(1, 2),
                "b",
                Map.of("x", 1),
                "c",
                "a=b",
                "d",
                0.001,
                "e",
                "text with spaces"));
  }

  @Test
  void sectionsAreMadeOnTheWay() {
    assertThat(Overlay.with(Map.of(), List.of("a.b.c=1")))
        .isEqualTo(Map.of("a", Map.of("b", Map.of("c", 1))));
  }

  @Test
  void aTextOnTheWayIsTheTypeOfTheSection() {
    assertThat(Overlay.with(BASE, List.of("loss.smoothing=0.1")).get("loss"))
        .isEqualTo(Map.of("type", "mse", "smoothing", 0.1));
  }

  @Test
  void nothingAfterTheSignMeansTheDefault() {
    assertThat(Overlay.with(BASE, List.of("train.epochs=")).get("train"))
        .isEqualTo(Map.of("seed", 1));
  }

  @Test
  void numbersAreIndicesOfLists() {
    assertThat(Overlay.with(BASE, List.of("model.layers.1.units=3")).get("model"))
        .isEqualTo(Map.of("layers", List.of(Map.of("units", 4), Map.of("units", 3))));
    assertThatThrownBy(() -> Overlay.with(BASE, List.of("model.layers.2.units=3")))
        .hasMessage("model.layers.2.units: '2' came but the list has the positions 0 to 1");
  }

  @Test
  void keysOfASpaceKeepTheirDots() {
    assertThat(Overlay.with(Map.of(), List.of("sweep.space.model.hidden=[[8], [16]]")))
        .isEqualTo(
            Map.of(
                "sweep",
                Map.of("space", Map.of("model.hidden", List.of(List.of(8), List.of(16))))));
  }

  @Test
  void mistakesAreNamed() {
    assertThatThrownBy(() -> Overlay.with(BASE, List.of("train.epochs")))
        .isInstanceOf(ConfigException.class)
        .hasMessage("--set train.epochs: it has no key=value; write e.g. --set train.epochs=5");
    assertThatThrownBy(() -> Overlay.with(BASE, List.of("train..epochs=1")))
        .hasMessageContaining("a part of the key is empty");
    assertThatThrownBy(() -> Overlay.with(BASE, List.of("train.epochs.x=1")))
        .hasMessage(
            "train.epochs.x: train.epochs is the value '5' but a section is needed; set the whole"
                + " of it");
    assertThatThrownBy(() -> Overlay.with(BASE, List.of("a=[1")))
        .hasMessageStartingWith("--set a line 1 column ");
  }
}
