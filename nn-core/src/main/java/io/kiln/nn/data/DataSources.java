package io.kiln.nn.data;

import io.kiln.nn.config.ConfigException;
import io.kiln.nn.config.Settings;
import io.kiln.nn.io.Storage;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/** Loads the data set that the data section of a configuration describes. */
public final class DataSources {
  /** Loads all parts of a set. */
  private interface Loader {
    Splits load(Settings data, Storage storage, String root) throws IOException;
  }

  /** Finds a set of images. */
  interface Finder {
    /** All parts, nothing read but what says how many images there are, and of which classes. */
    ImageSet open(Settings data, Storage storage, String root) throws IOException;
  }

  /** Loads what stands at one place. */
  private interface Opener {
    Samples open(Settings data, Storage storage, String location) throws IOException;
  }

  private record Format(Loader loader, Opener opener) {}

  /** Formats whose parts are not dealt at random, so that they do not limit themselves. */
  private static final Set<String> LIMITED_HERE = Set.of("text", "flickr8k");

  private static final Map<String, Format> FORMATS = new LinkedHashMap<>();

  /** The formats that are sets of images. */
  static final Map<String, Finder> IMAGES =
      Map.of(
          "mnist",
          ImageSources::mnist,
          "cifar10",
          ImageSources::cifar10,
          "images",
          FolderSource::load,
          "synthetic",
          ImageSources::synthetic);

  static {
    FORMATS.put("mnist", new Format(whole("mnist"), ImageSources::mnistSamples));
    FORMATS.put("cifar10", new Format(whole("cifar10"), ImageSources::cifar10Samples));
    FORMATS.put("csv", new Format(TableSources::csv, TableSources::csvSamples));
    FORMATS.put("libsvm", new Format(TableSources::libsvm, TableSources::libsvmSamples));
    FORMATS.put("npy", new Format(TableSources::npy, TableSources::npySamples));
    FORMATS.put("images", new Format(whole("images"), FolderSource::samples));
    FORMATS.put("text", new Format(TextSource::load, TextSource::samples));
    FORMATS.put("flickr8k", new Format(Captions::load, Captions::samples));
    FORMATS.put(
        "synthetic",
        new Format(
            whole("synthetic"), (data, storage, location) -> ImageSources.syntheticSamples(data)));
  }

  private DataSources() {}

  private static Splits limited(Settings data, Splits splits) {
    int n = splits.train().size();
    int[] chosen = RandomSplit.limited(data, IntStream.range(0, n).toArray());
    return chosen.length == n
        ? splits
        : new Splits(
            Subset.of(splits.train(), chosen),
            splits.validation(),
            splits.test(),
            splits.fingerprint(),
            splits.fitted(),
            splits.notes());
  }

  private static Loader whole(String format) {
    return (data, storage, root) -> images(format).open(data, storage, root).whole();
  }

  /** Finds sets of a format, which must be one of images. */
  static Finder images(String format) {
    Finder finder = IMAGES.get(format);
    if (finder == null) {
      throw new ConfigException("data.format: '" + format + "' is no format of images");
    }
    return finder;
  }

  /** Names of all formats. */
  public static List<String> formats() {
    return List.copyOf(FORMATS.keySet());
  }

  /**
   * Loads all parts. Reads every key it knows and refuses the others.
   *
   * <p>Keys of every format: {@code format}, {@code path} (below the root unless absolute), {@code
   * validation} (how many samples of the training part are held back), {@code limit} (how many
   * training samples are used at most, chosen at random by {@code seed}).
   *
   * @param data the data section
   * @param root the folder of data sets
   * @throws ConfigException if a setting cannot be used
   * @throws java.nio.file.NoSuchFileException if the data are not there
   * @throws io.kiln.nn.io.FormatException if a file is damaged
   */
  public static Splits load(Settings data, Storage storage, String root) throws IOException {
    Splits splits = format(data).loader().load(data, storage, root);
    if (LIMITED_HERE.contains(data.text("format"))) {
      splits = limited(data, splits);
    }
    data.finish();
    return splits;
  }

  /**
   * Loads the samples at one place, for evaluation or prediction, in the way a model was trained.
   *
   * <p>A folder of MNIST or CIFAR-10 stands for its test set.
   *
   * @param data the data section the model was trained with, and over it {@link Splits#fitted} and
   *     any other {@code format}; keys that are not needed are passed over
   * @param location a file or folder
   */
  public static Samples samples(Settings data, Storage storage, String location)
      throws IOException {
    return format(data).opener().open(data, storage, location);
  }

  private static Format format(Settings data) {
    String name = data.text("format");
    Format format = FORMATS.get(name);
    if (format == null) {
      throw new ConfigException(
          data.path("format")
              + ": '"
              + name
              + "' is not known; use one of "
              + String.join(", ", FORMATS.keySet()));
    }
    return format;
  }
}
