package io.kiln.nn.zoo;

import io.kiln.nn.config.ConfigException;
import io.kiln.nn.config.Settings;
import io.kiln.nn.data.TextLevel;
import io.kiln.nn.data.Vocabulary;
import io.kiln.nn.layer.Network;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Goes on with a text, character by character or word by word, by a network trained on text. Not
 * thread-safe.
 */
public final class TextWriter {
  private final WordStepper stepper;
  private final Vocabulary vocabulary;
  private final TextLevel level;
  private final boolean lowercase;

  /**
   * A writer.
   *
   * @param data section of the data the network was trained on, with its {@code vocabulary}
   * @throws ConfigException if the network is not one of text
   */
  public TextWriter(Network network, Settings data) {
    List<String> symbols = data.texts("vocabulary", List.of());
    if (!(network.model() instanceof CharRnn) || symbols.size() != network.spec().classes()) {
      throw new ConfigException(
          "--model: "
              + network.model().getClass().getSimpleName()
              + " with "
              + symbols.size()
              + " symbols came but a network of text (char-rnn on data.format: text) is needed");
    }
    this.vocabulary = Vocabulary.of(symbols);
    this.level =
        TextLevel.valueOf(
            data.choice("level", "character", "character", "word").toUpperCase(Locale.ROOT));
    this.lowercase = data.flag("lowercase", false);
    this.stepper = WordStepper.of(network, 1);
  }

  /**
   * A beginning and what the network makes of it.
   *
   * @param start the beginning; if it is empty, a line's end goes before what is written
   * @param length symbols to write
   * @param temperature below 1 the likely becomes likelier, above 1 less likely
   * @param seed the same seed gives the same text
   * @throws ConfigException if a symbol of the beginning is not known
   */
  public String write(String start, int length, double temperature, long seed) {
    List<String> given =
        new ArrayList<>(level.split(lowercase ? start.toLowerCase(Locale.ROOT) : start));
    int last = first();
    stepper.start(List.of());
    for (int i = 0; i < given.size(); i++) {
      int number = vocabulary.number(given.get(i));
      if (number < 0) {
        throw new ConfigException(
            "--start: '"
                + given.get(i)
                + "' is not in the vocabulary of the model; begin with other "
                + (level == TextLevel.WORD ? "words" : "letters"));
      }
      if (i > 0) {
        stepper.scores(new int[] {last});
      }
      last = number;
    }
    List<Integer> written = Decoding.sample(stepper, last, -1, length, temperature, 0, seed).get(0);
    written.forEach(number -> given.add(vocabulary.symbol(number)));
    return level.join(given);
  }

  /** What stands before a text that nobody began. */
  private int first() {
    return Math.max(0, vocabulary.symbols().indexOf("\n"));
  }
}
