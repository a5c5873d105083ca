package io.kiln.nn.data;

import io.kiln.nn.config.ConfigException;
import io.kiln.nn.config.Settings;
import io.kiln.nn.io.Digests;
import io.kiln.nn.io.FormatException;
import io.kiln.nn.io.Locations;
import io.kiln.nn.io.Storage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The format of running text, plain or gzip, UTF-8. It is read a piece at a time; of each symbol
 * its number is kept, in one byte as long as there are no more than 256.
 *
 * <p>{@code level}: character or word; {@code window} and {@code stride} (default: the window) of
 * the samples; {@code validation} and {@code test}: fractions, or counts of symbols, cut off the
 * end of the text, the test last, where each symbol counts once ({@link TextWindows#once}); {@code
 * lowercase}; {@code min-count} of words in the training part, rarer ones become {@code <UNK>}.
 */
final class TextSource {
  private TextSource() {}

  static Splits load(Settings data, Storage storage, String root) throws IOException {
    String path = Locations.join(root, data.text("path"));
    TextLevel level = level(data);
    MessageDigest digest = Digests.sha256();
    Map<String, Integer> known = new LinkedHashMap<>();
    Symbols.Builder seen = new Symbols.Builder();
    new TextPieces(storage, path, data.flag("lowercase", false))
        .read(
            piece -> {
              digest.update(piece.getBytes(StandardCharsets.UTF_8));
              for (String symbol : level.split(piece)) {
                Integer code = known.putIfAbsent(symbol, known.size());
                seen.add(code == null ? known.size() - 1 : code);
              }
            });
    Symbols codes = seen.build();
    int n = codes.size();
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
    List<String> texts = new ArrayList<>(known.keySet());
    List<String> given = data.texts("vocabulary", List.of());
    Vocabulary vocabulary =
        !given.isEmpty()
            ? Vocabulary.of(given)
            : level == TextLevel.CHARACTER
                ? Vocabulary.ofCharacters(String.join("", texts))
                : Vocabulary.ofCounts(List.of(Vocabulary.UNK), counts(codes, train, texts), least);
    Symbols numbers = numbers(vocabulary, codes, texts, path);
    return new Splits(
        new TextWindows(vocabulary, numbers, 0, train, window, stride),
        new TextWindows(vocabulary, numbers, train, n - test, window, stride).once(),
        new TextWindows(vocabulary, numbers, n - test, n, window, stride).once(),
        Digests.hex(digest.digest()),
        Map.of("vocabulary", vocabulary.symbols()),
        List.of());
  }

  private static Map<String, Integer> counts(Symbols codes, int end, List<String> texts) {
    int[] counts = new int[texts.size()];
    for (int i = 0; i < end; i++) {
      counts[codes.get(i)]++;
    }
    Map<String, Integer> named = new LinkedHashMap<>();
    for (int code = 0; code < counts.length; code++) {
      if (counts[code] > 0) {
        named.put(texts.get(code), counts[code]);
      }
    }
    return named;
  }

  /** The vocabulary's numbers of symbols that were numbered in order of appearance. */
  private static Symbols numbers(
      Vocabulary vocabulary, Symbols codes, List<String> texts, String path)
      throws FormatException {
    int[] known = new int[texts.size()];
    for (int code = 0; code < known.length; code++) {
      known[code] = vocabulary.number(texts.get(code));
    }
    for (int i = 0; i < codes.size(); i++) {
      if (known[codes.get(i)] < 0) {
        throw unknown(path, i, texts.get(codes.get(i)));
      }
    }
    return Symbols.of(codes.size(), vocabulary.size() - 1, i -> known[codes.get(i)]);
  }

  private static FormatException unknown(String path, int place, String symbol) {
    return new FormatException(
        path, -1, "symbol " + (place + 1) + " is '" + symbol + "', which is not in the vocabulary");
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
    TextLevel level = level(data);
    Symbols.Builder numbers = new Symbols.Builder();
    new TextPieces(storage, location, data.flag("lowercase", false))
        .read(
            piece -> {
              for (String symbol : level.split(piece)) {
                int number = vocabulary.number(symbol);
                if (number < 0) {
                  throw unknown(location, numbers.size(), symbol);
                }
                numbers.add(number);
              }
            });
    int window = data.atLeast(1, "window", 64);
    int stride = data.atLeast(1, "stride", window);
    TextWindows windows =
        new TextWindows(vocabulary, numbers.build(), 0, numbers.size(), window, stride);
    return new Samples(windows, windows.once(), List.of(), List.of(), null);
  }

  private static TextLevel level(Settings data) {
    String level = data.choice("level", "character", "character", "word");
    return TextLevel.valueOf(level.toUpperCase(Locale.ROOT));
  }
}
