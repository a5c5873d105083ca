package io.kiln.nn.zoo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kiln.nn.config.ConfigException;
import io.kiln.nn.config.Settings;
import io.kiln.nn.data.SampleSpec;
import io.kiln.nn.layer.Network;
import io.kiln.nn.tensor.DType;
import io.kiln.nn.tensor.Shape;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TextWriterTest {
  private static final List<String> LETTERS = List.of("\n", "a", "b", "c", "d");

  private static TextWriter writer() {
    SampleSpec spec = new SampleSpec(List.of(Shape.of(6)), Shape.of(6), 5, LETTERS);
    Settings model =
        Settings.of(
            "model", Map.of("type", "char-rnn", "hidden", 8, "embedding", 4, "dropout", 0.5));
    Network network = Network.of(Models.from(model, spec), spec, DType.FLOAT32, 1);
    return new TextWriter(
        network, Settings.of("data", Map.of("vocabulary", LETTERS, "level", "character")));
  }

  @Test
  void aTextGoesOnFromItsBeginning() {
    TextWriter writer = writer();
    String text = writer.write("abba", 20, 1, 5);
    assertThat(text).startsWith("abba").hasSize(24);
    assertThat(writer.write("abba", 20, 1, 5)).isEqualTo(text);
    assertThat(writer.write("abba", 20, 1, 6)).isNotEqualTo(text);
    assertThat(writer.write("", 20, 1, 5)).hasSize(20);
    assertThat(writer.write("ab", 0, 1, 5)).isEqualTo("ab");
  }

  /** What stands before the last symbol of the beginning counts too. */
  @Test
  void allOfTheBeginningIsRead() {
    TextWriter writer = writer();
    long differs = 0;
    for (long seed = 0; seed < 40; seed++) {
      String one = writer.write("aaaaad", 12, 1, seed).substring(6);
      String other = writer.write("dcbbbd", 12, 1, seed).substring(6);
      differs += one.equals(other) ? 0 : 1;
    }
    assertThat(differs).isPositive();
  }

  @Test
  void anUnknownLetterIsNamed() {
    assertThatThrownBy(() -> writer().write("abx", 5, 1, 1))
        .isInstanceOf(ConfigException.class)
        .hasMessage("--start: 'x' is not in the vocabulary of the model; begin with other letters");
  }
}
