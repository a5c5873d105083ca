package io.kiln.nn.data;

import io.kiln.nn.config.ConfigException;
import io.kiln.nn.config.Settings;
import io.kiln.nn.io.Digests;
import io.kiln.nn.io.FormatException;
import io.kiln.nn.io.FormatInput;
import io.kiln.nn.io.Locations;
import io.kiln.nn.io.Storage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The format of running text, plain or gzip, UTF-8.
 *
 * <p>{@code level}: character or word; {@code window} and {@code stride} (default: the window) of
 * the samples; {@code validation} and {@code test}: fractions, or counts of symbols, cut off the
 * end of the text, the test last; {@code lowercase}; {@code min-count} of words in the training
 * part, rarer ones become {@code <UNK>}.
 */
final class TextSource {
  private static final long MOST_BYTES = 1L << 30;

  private TextSource() {}

  static Splits load(Settings data, Storage storage, String root) throws IOException {
    String path = Locations.join(root, data.text("path"));
    String text = text(data, storage, path);
    TextLevel level = level(data);
    List<String> symbols = level.split(text);
    int n = symbols.size();
    int test = RandomSplit.part(data, "test", n);
    int validation = RandomSplit.part(data, "validation", n);
    int window = data.atLeast(1, "window", 64);
    int stride = data.atLeast(1, "stride", window);
    int train = n - test - validation;
    if (train <= window) {
      throw new ConfigException(
          data.path("window")
              + ": "
              + window
              + " came but only "
              + train
              + " symbols are left to train on; use a smaller window or a longer text");
    }
    int least = data.atLeast(1, "min-count", 1);
    List<String> given = data.texts("vocabulary", List.of());
    Vocabulary vocabulary =
        !given.isEmpty()
            ? Vocabulary.of(given)
            : level == TextLevel.CHARACTER
                ? Vocabulary.ofCharacters(text)
                : Vocabulary.ofWords(List.of(Vocabulary.UNK), symbols.subList(0, train), least);
    int[] numbers = numbers(vocabulary, symbols, path);
    return new Splits(
        new TextWindows(vocabulary, numbers, 0, train, window, stride),
        new TextWindows(vocabulary, numbers, train, n - test, window, stride),
        new TextWindows(vocabulary, numbers, n - test, n, window, stride),
        Digests.sha256(text.getBytes(StandardCharsets.UTF_8)),
        Map.of("vocabulary", vocabulary.symbols()),
        List.of());
  }

  /** All windows of one file. */
  static Samples samples(Settings data, Storage storage, String location) throws IOException {
    List<String> given = data.texts("vocabulary", List.of());
    if (given.isEmpty()) {
      throw new ConfigException(
          data.path("vocabulary")
              + ": it is missing; give the data settings the model was saved with");
    }
    Vocabulary vocabulary = Vocabulary.of(given);
    List<String> symbols = level(data).split(text(data, storage, location));
    int[] numbers = numbers(vocabulary, symbols, location);
    int window = data.atLeast(1, "window", 64);
    int stride = data.atLeast(1, "stride", window);
    return new Samples(
        new TextWindows(vocabulary, numbers, 0, numbers.length, window, stride), true, List.of());
  }

  private static TextLevel level(Settings data) {
    String level = data.choice("level", "character", "character", "word");
    return TextLevel.valueOf(level.toUpperCase(Locale.ROOT));
  }

  private static String text(Settings data, Storage storage, String path) throws IOException {
    boolean lowercase = data.flag("lowercase", false);
    try (FormatInput in = FormatInput.open(storage, path)) {
      byte[] bytes = in.stream().readNBytes((int) MOST_BYTES + 1);
      if (bytes.length > MOST_BYTES) {
        throw in.wrong(MOST_BYTES, "the text is longer than " + MOST_BYTES + " bytes; cut it");
      }
      StringWriter whole = new StringWriter();
      Utf8.lines(path, new ByteArrayInputStream(bytes)).transferTo(whole);
      String text = whole.toString().replace("\r\n", "\n");
      return lowercase ? text.toLowerCase(Locale.ROOT) : text;
    } catch (NoSuchFileException e) {
      throw new NoSuchFileException(
          "data: " + path + " is not there; set KILN_DATA or --data, or correct data.path");
    }
  }

  private static int[] numbers(Vocabulary vocabulary, List<String> symbols, String path)
      throws FormatException {
    int[] numbers = new int[symbols.size()];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = vocabulary.number(symbols.get(i));
      if (numbers[i] < 0) {
        throw new FormatException(
            path,
            -1,
            "symbol " + (i + 1) + " is '" + symbols.get(i) + "', which is not in the vocabulary");
      }
    }
    return numbers;
  }
}
