package io.kiln.nn.data;

import io.kiln.nn.config.ConfigException;
import io.kiln.nn.config.Settings;
import io.kiln.nn.io.Digests;
import io.kiln.nn.io.FormatException;
import io.kiln.nn.io.FormatInput;
import io.kiln.nn.io.Locations;
import io.kiln.nn.io.Safetensors;
import io.kiln.nn.io.Storage;
import io.kiln.nn.tensor.DType;
import io.kiln.nn.tensor.Tensor;
import java.io.BufferedReader;
import java.io.IOException;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Images with several sentences each, the images as features: Flickr8k (Hodosh, Young, Hockenmaier:
 * "Framing image description as a ranking task", JAIR 2013).
 *
 * <p>A folder has {@code flickr8k_images.tsv} (row, image, part: train, dev, test or none), {@code
 * flickr8k_captions.tsv} (image, number, sentence), both plain or gzip, and one {@code
 * *.safetensors} whose first tensor [images, d] has the features of image i in row i.
 */
public final class Captions {
  private static final List<String> MARKS =
      List.of(Vocabulary.NULL, Vocabulary.START, Vocabulary.END, Vocabulary.UNK);

  private final List<String> images = new ArrayList<>();
  private final Map<String, Integer> rows = new HashMap<>();
  private final List<String> parts = new ArrayList<>();
  private final List<List<List<String>>> sentences = new ArrayList<>();
  private final boolean punctuation;
  private final Tensor features;
  private final Vocabulary vocabulary;
  private final Normalization normalization;
  private final int length;
  private final String fingerprint;

  private Captions(Settings data, Storage storage, String folder) throws IOException {
    this.punctuation = data.flag("punctuation", false);
    this.length = data.atLeast(2, "length", 20);
    MessageDigest digest = Digests.sha256();
    String list = find(storage, folder, "flickr8k_images.tsv", ".gz");
    try (BufferedReader lines = lines(storage, list, digest)) {
      String line;
      while ((line = lines.readLine()) != null) {
        addImage(line.split("\t", -1), list);
      }
    }
    String texts = find(storage, folder, "flickr8k_captions.tsv", ".gz");
    try (BufferedReader lines = lines(storage, texts, digest)) {
      String line;
      for (long number = 1; (line = lines.readLine()) != null; number++) {
        addSentence(line.split("\t", -1), texts, number);
      }
    }
    this.features = features(storage, folder, data.text("features", ""));
    Digests.update(digest, features);
    this.fingerprint = Digests.hex(digest.digest());
    List<String> given = data.texts("vocabulary", List.of());
    int least = data.atLeast(1, "min-count", 5);
    this.vocabulary = given.isEmpty() ? count(least) : Vocabulary.of(given);
    if (!vocabulary.symbols().subList(0, Math.min(4, vocabulary.size())).equals(MARKS)) {
      throw new ConfigException(
          data.path("vocabulary") + ": it must begin with " + String.join(", ", MARKS));
    }
    List<Double> mean = data.numbers("mean", List.of());
    boolean normalize = data.flag("normalize", true);
    this.normalization =
        !mean.isEmpty()
            ? new Normalization(mean, data.numbers("deviation", List.of()))
            : normalize ? fit(images("train")) : Normalization.none(features.shape().size(1));
    normalise();
  }

  /**
   * Reads a folder. Settings: {@code length} (20) of the word sequences, {@code min-count} (5) of a
   * word in the training part, {@code punctuation} (false: only words), {@code features} (name of
   * the file), {@code normalize} (true) the features, or {@code mean}, {@code deviation} and {@code
   * vocabulary} as fitted before.
   */
  public static Captions read(Settings data, Storage storage, String folder) throws IOException {
    return new Captions(data, storage, folder);
  }

  /** Words, the first four being the marks. */
  public Vocabulary vocabulary() {
    return vocabulary;
  }

  /** Normalised features of all images, [images, d]. */
  public Tensor features() {
    return features;
  }

  /** Steps of the word sequences. */
  public int length() {
    return length;
  }

  /** Name of an image. */
  public String image(int image) {
    return images.get(image);
  }

  /** The images of a part: train, dev, test or none. */
  public int[] images(String part) {
    return IntStream.range(0, images.size()).filter(i -> parts.get(i).equals(part)).toArray();
  }

  /** The sentences of an image, each a list of lower-case words. */
  public List<List<String>> references(int image) {
    return List.copyOf(sentences.get(image));
  }

  /**
   * One sample a sentence of these images.
   *
   * <p>Shapes: inputs [d] (features) and [length] ({@code <START>} and the words), target [length]
   * (the words and {@code <END>}; −1, which losses ignore, after it). Longer sentences are cut.
   */
  public Dataset samples(int[] chosen) {
    List<int[]> places = new ArrayList<>();
    for (int image : chosen) {
      for (List<String> sentence : sentences.get(image)) {
        int[] place = new int[sentence.size() + 1];
        place[0] = image;
        for (int i = 0; i < sentence.size(); i++) {
          place[i + 1] = vocabulary.number(sentence.get(i));
        }
        places.add(place);
      }
    }
    return new CaptionSamples(features, vocabulary, places, length);
  }

  static Splits load(Settings data, Storage storage, String root) throws IOException {
    Captions captions = read(data, storage, Locations.join(root, data.text("path", "flickr8k")));
    Map<String, Object> fitted = new LinkedHashMap<>();
    fitted.put("vocabulary", captions.vocabulary.symbols());
    fitted.put("mean", captions.normalization.mean());
    fitted.put("deviation", captions.normalization.deviation());
    return new Splits(
        captions.samples(captions.images("train")),
        captions.samples(captions.images("dev")),
        captions.samples(captions.images("test")),
        captions.fingerprint,
        fitted,
        List.of());
  }

  /** The test part of a folder. */
  static Samples samples(Settings data, Storage storage, String location) throws IOException {
    Captions captions = read(data, storage, location);
    return new Samples(captions.samples(captions.images("test")), true, List.of());
  }

  private void addImage(String[] cells, String path) throws FormatException {
    if (cells.length != 3 || !cells[0].equals(Integer.toString(images.size()))) {
      throw new FormatException(
          path,
          -1,
          "line "
              + (images.size() + 1)
              + ": row number, image and part, separated by tabs, are needed");
    }
    rows.put(cells[1], images.size());
    images.add(cells[1]);
    parts.add(cells[2]);
    sentences.add(new ArrayList<>());
  }

  private void addSentence(String[] cells, String path, long line) throws FormatException {
    Integer image = cells.length == 3 ? rows.get(cells[0]) : null;
    if (image == null) {
      throw new FormatException(
          path,
          -1,
          "line "
              + line
              + ": a known image, a number and a sentence, separated by tabs, are needed");
    }
    List<String> words = new ArrayList<>();
    for (String word : cells[2].toLowerCase(Locale.ROOT).trim().split("\\s+")) {
      if (punctuation || word.codePoints().anyMatch(Character::isLetterOrDigit)) {
        words.add(word);
      }
    }
    sentences.get(image).add(List.copyOf(words));
  }

  private Tensor features(Storage storage, String folder, String name) throws IOException {
    String file = name.isEmpty() ? "" : Locations.join(folder, name);
    if (file.isEmpty()) {
      for (Storage.Entry entry : storage.list(folder)) {
        if (entry.name().endsWith(".safetensors")) {
          file = Locations.join(folder, entry.name());
          break;
        }
      }
    }
    if (file.isEmpty()) {
      throw DataFiles.missing(Locations.join(folder, "*.safetensors"), "flickr8k");
    }
    Tensor tensor =
        Safetensors.readFinite(storage, file, DType.FLOAT32).tensors().values().stream()
            .findFirst()
            .orElse(Tensor.zeros(io.kiln.nn.tensor.Shape.of(0), DType.FLOAT32));
    if (tensor.shape().rank() != 2 || tensor.shape().size(0) != images.size()) {
      throw new FormatException(
          file,
          -1,
          "its features are "
              + tensor.shape()
              + " but ["
              + images.size()
              + ", d] is needed, a row an image");
    }
    return tensor;
  }

  private Vocabulary count(int least) {
    List<String> words = new ArrayList<>();
    for (int image : images("train")) {
      sentences.get(image).forEach(words::addAll);
    }
    return Vocabulary.ofWords(MARKS, words, least);
  }

  private Normalization fit(int[] chosen) {
    int width = features.shape().size(1);
    List<Double> means = new ArrayList<>();
    List<Double> deviations = new ArrayList<>();
    for (int j = 0; j < width; j++) {
      double first = chosen.length == 0 ? 0 : features.get(chosen[0] * width + j);
      double sum = 0;
      for (int image : chosen) {
        sum += features.get(image * width + j) - first;
      }
      double mean = first + sum / Math.max(1, chosen.length);
      double squares = 0;
      for (int image : chosen) {
        double distance = features.get(image * width + j) - mean;
        squares += distance * distance;
      }
      double variance = squares / Math.max(1, chosen.length);
      means.add(mean);
      deviations.add(variance > 1e-12 ? Math.sqrt(variance) : 1.0);
    }
    return new Normalization(means, deviations);
  }

  private void normalise() {
    int width = features.shape().size(1);
    if (normalization.mean().size() != width) {
      throw new ConfigException(
          "data.mean: "
              + normalization.mean().size()
              + " numbers came but there are "
              + width
              + " features");
    }
    for (int j = 0; j < width; j++) {
      double mean = normalization.mean().get(j);
      double deviation = normalization.deviation().get(j);
      for (int i = 0; i < images.size(); i++) {
        features.set(i * width + j, (features.get(i * width + j) - mean) / deviation);
      }
    }
  }

  private static String find(Storage storage, String folder, String name, String suffix)
      throws IOException {
    return DataFiles.find(storage, folder, "flickr8k", name, name + suffix);
  }

  private static BufferedReader lines(Storage storage, String path, MessageDigest digest)
      throws IOException {
    FormatInput in = FormatInput.open(storage, path);
    return Utf8.lines(path, new DigestInputStream(in.stream(), digest));
  }
}
