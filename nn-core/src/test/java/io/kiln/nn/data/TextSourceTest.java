package io.kiln.nn.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kiln.nn.config.ConfigException;
import io.kiln.nn.config.Settings;
import io.kiln.nn.io.FormatException;
import io.kiln.nn.io.MemoryStorage;
import io.kiln.nn.tensor.DType;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TextSourceTest {
  private final MemoryStorage storage = new MemoryStorage();

  @Test
  void theTargetOfACharacterIsTheNext() throws IOException {
    write("abcdefghij😀");
    Splits splits = load("window", 4);
    assertThat(splits.train().size()).isEqualTo(2);
    assertThat(splits.train().spec().classes()).isEqualTo(11);
    assertThat(read(splits.train(), 1)).isEqualTo("efgh>fghi");
    assertThat(load("window", 4, "stride", 1).train().size()).isEqualTo(7);
    assertThat(read(load("window", 4, "stride", 1).train(), 6)).isEqualTo("ghij>hij😀");
    assertThat(load("window", 10).train().size()).isEqualTo(1);
    assertThatThrownBy(() -> load("window", 11))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("only 11 symbols are left to train on");
  }

  @Test
  void partsAreCutOffTheEnd() throws IOException {
    write("abcdefghijklmnopqrst");
    Splits splits = load("window", 2, "stride", 1, "validation", 0.25, "test", 5);
    assertThat(splits.train().size()).isEqualTo(8);
    assertThat(read(splits.train(), 7)).isEqualTo("hi>ij");
    assertThat(read(splits.validation(), 0)).isEqualTo("kl>lm");
    assertThat(read(splits.test(), 2)).isEqualTo("rs>_t");
    assertThat(splits.test().size()).isEqualTo(3);
  }

  @Test
  void whereWindowsOverlapATestCountsEachSymbolOnce() throws IOException {
    write("abcdefghijklmnopqrst");
    Splits splits = load("window", 4, "stride", 3, "validation", 8, "test", 0);
    assertThat(read(splits.train(), 1)).as("training counts all").isEqualTo("defg>efgh");
    Dataset validation = splits.validation();
    assertThat(validation.size()).isEqualTo(2);
    assertThat(read(validation, 0)).isEqualTo("mnop>nopq");
    assertThat(read(validation, 1)).isEqualTo("pqrs>_rst");
    BitSet second = new BitSet();
    second.set(1);
    assertThat(read(((Shareable) validation).share(second), 1)).isEqualTo("pqrs>_rst");
    Map<String, Object> trained = settings("window", 4, "stride", 3);
    trained.putAll(splits.fitted());
    Samples given = DataSources.samples(Settings.of("data", trained), storage, "text");
    assertThat(read(given.data(), 1)).as("every step is answered").isEqualTo("defg>efgh");
    assertThat(read(given.judged(), 1)).as("and judged once").isEqualTo("defg>_fgh");
    Dataset apart = load("window", 3, "stride", 5, "validation", 9, "test", 0).validation();
    assertThat(read(apart, 1)).as("nothing is shared").isEqualTo("qrs>rst");
  }

  @Test
  void rareWordsBecomeUnknown() throws IOException {
    write("The cat, the dog.\r\nThe end's near");
    Splits splits =
        load("window", 3, "level", "word", "lowercase", true, "min-count", 2, "test", 4);
    assertThat(splits.train().spec().classNames()).containsExactly("<UNK>", "the");
    assertThat(read(splits.train(), 0)).isEqualTo("the<UNK><UNK>><UNK><UNK>the");
    assertThat(TextLevel.WORD.split("A b's (c), d.\n e"))
        .containsExactly("A", "b's", "(", "c", ")", ",", "d", ".", "\n", "e");
    assertThat(TextLevel.WORD.join(TextLevel.WORD.split("A b's (c), d.\ne")))
        .isEqualTo("A b's (c), d.\ne");
    assertThat(TextLevel.CHARACTER.join(TextLevel.CHARACTER.split("ä b\n"))).isEqualTo("ä b\n");
  }

  @Test
  void otherTextsUseTheVocabularyOfTheModel() throws IOException {
    write("abcabcabc");
    Map<String, Object> trained = settings("window", 2);
    trained.putAll(load("window", 2).fitted());
    storage.with("other", "cba".getBytes(StandardCharsets.UTF_8));
    Samples samples = DataSources.samples(Settings.of("data", trained), storage, "other");
    assertThat(read(samples.data(), 0)).isEqualTo("cb>ba");
    storage.with("other", "cbx".getBytes(StandardCharsets.UTF_8));
    assertThatThrownBy(() -> DataSources.samples(Settings.of("data", trained), storage, "other"))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("symbol 3 is 'x', which is not in the vocabulary");
  }

  @Test
  void vocabulariesNumberTheFrequentFirst() {
    Vocabulary words =
        Vocabulary.ofWords(
            List.of(Vocabulary.NULL, Vocabulary.END, Vocabulary.UNK),
            List.of("b", "a", "c", "b", "a", "b", "d"),
            1);
    assertThat(words.symbols()).containsExactly("<NULL>", "<END>", "<UNK>", "b", "a", "c", "d");
    assertThat(words.number("b")).isEqualTo(3);
    assertThat(words.number("zebra")).isEqualTo(2);
    assertThat(words.sentence(3, 4, 0, 2, 1, 5)).containsExactly("b", "a", "<UNK>");
    assertThat(Vocabulary.of(List.of("x")).number("y")).isEqualTo(-1);
    assertThatThrownBy(() -> Vocabulary.of(List.of("x", "x"))).hasMessageContaining("twice");
  }

  private Splits load(Object... pairs) throws IOException {
    return DataSources.load(Settings.of("data", settings(pairs)), storage, "");
  }

  private static Map<String, Object> settings(Object... pairs) {
    Map<String, Object> settings = new HashMap<>(Map.of("format", "text", "path", "text"));
    for (int i = 0; i < pairs.length; i += 2) {
      settings.put((String) pairs[i], pairs[i + 1]);
    }
    return settings;
  }

  private void write(String text) {
    storage.with("text", text.getBytes(StandardCharsets.UTF_8));
  }

  private static String read(Dataset data, int index) {
    Batch batch = Batch.of(data.spec(), 2, DType.FLOAT32);
    data.read(index, batch, 1);
    StringBuilder text = new StringBuilder();
    for (double number : batch.input(0).rows(1, 2).toArray()) {
      text.append(data.spec().classNames().get((int) number));
    }
    text.append('>');
    for (double number : batch.target().rows(1, 2).toArray()) {
      text.append(number < 0 ? "_" : data.spec().classNames().get((int) number));
    }
    return text.toString();
  }
}
