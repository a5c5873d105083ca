package io.kiln.spark.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.kiln.nn.train.LayerWatch;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Values of summaries, read by a reader that knows field numbers alone. */
class EventValuesTest {
  private static final String PIXEL =
      "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg==";

  @Test
  void aHistogramHasTheCountsAndTheirLimits() {
    LayerWatch.Spread spread = new LayerWatch.Spread(3, -1, 2, List.of(4L, 0L, 6L));
    ProtoReader value = new ProtoReader(EventValues.histogram("weights/a", spread).bytes());
    assertThat(value.text(1)).isEqualTo("weights/a");
    ProtoReader histogram = value.message(5);
    assertThat(histogram.all(1)).containsExactly(-1.0);
    assertThat(histogram.all(2)).containsExactly(2.0);
    assertThat(histogram.all(3)).containsExactly(10.0);
    assertThat(histogram.all(5)).containsExactly(9.0);
    assertThat(histogram.numbers(6)).containsExactly(0.0, 1.0, 2.0);
    assertThat(histogram.numbers(7)).containsExactly(4.0, 0.0, 6.0);
  }

  @Test
  void aPictureSaysItsSize() {
    Proto image = Objects.requireNonNull(EventValues.image("worst/1", PIXEL));
    ProtoReader picture = new ProtoReader(image.bytes()).message(4);
    assertThat(picture.all(1)).containsExactly(1L);
    assertThat(picture.all(2)).containsExactly(1L);
    assertThat((byte[]) picture.all(4).get(0)).startsWith(0x89, 'P', 'N', 'G');
    assertThat(EventValues.image("worst/2", "data:image/png;base64,AAAA")).isNull();
  }

  @Test
  void hyperparametersAreTheSettings() {
    ProtoReader value = new ProtoReader(EventValues.sessionStart(Samples.classification()).bytes());
    assertThat(value.text(1)).isEqualTo("_hparams_/session_start_info");
    ProtoReader plugin = value.message(9).message(1);
    assertThat(plugin.text(1)).isEqualTo("hparams");
    ProtoReader start = plugin.message(2).message(3);
    boolean found = false;
    for (Object entry : start.all(1)) {
      ProtoReader setting = new ProtoReader((byte[]) entry);
      if (setting.text(1).equals("optimizer.learning-rate")) {
        assertThat(setting.message(2).all(2)).containsExactly(0.1);
        found = true;
      }
    }
    assertThat(found).isTrue();
    assertThat(value.has(8)).isTrue(); // TensorBoard passes over values without a tensor
    ProtoReader experiment =
        new ProtoReader(EventValues.experiment(Samples.classification()).bytes())
            .message(9)
            .message(1)
            .message(2)
            .message(2);
    assertThat(experiment.all(5)).hasSize(4);
    assertThat(experiment.text(6)).isEqualTo("mnist-mlp");
    ProtoReader end =
        new ProtoReader(EventValues.sessionEnd(true).bytes())
            .message(9)
            .message(1)
            .message(2)
            .message(4);
    assertThat(end.all(1)).containsExactly(1L);
  }
}
