package io.kiln.nn.data;

import io.kiln.nn.config.ConfigException;
import io.kiln.nn.config.Settings;
import io.kiln.nn.io.Storage;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/** Loads the data set that the data section of a configuration describes. */
public final class DataSources {
  /** Loads one format. */
  private interface Loader {
    Splits load(Settings data, Storage storage, String root) throws IOException;
  }

  private static final Map<String, Loader> LOADERS = new LinkedHashMap<>();

  static {
    LOADERS.put("mnist", ImageSources::mnist);
    LOADERS.put("cifar10", ImageSources::cifar10);
    LOADERS.put("synthetic", (data, storage, root) -> ImageSources.synthetic(data));
  }

  private DataSources() {}

  /**
   * Loads all parts. Reads every key it knows and refuses the others.
   *
   * <p>Keys of every format: {@code format}, {@code path} (below the root unless absolute), {@code
   * validation} (how many samples of the training part are held back).
   *
   * @param data the data section
   * @param root the folder of data sets
   * @throws ConfigException if a setting cannot be used
   * @throws java.nio.file.NoSuchFileException if the data are not there
   * @throws io.kiln.nn.io.FormatException if a file is damaged
   */
  public static Splits load(Settings data, Storage storage, String root) throws IOException {
    String format = data.text("format");
    Loader loader = LOADERS.get(format);
    if (loader == null) {
      throw new ConfigException(
          data.path("format")
              + ": '"
              + format
              + "' is not known; use one of "
              + String.join(", ", LOADERS.keySet()));
    }
    Splits splits = loader.load(data, storage, root);
    data.finish();
    return splits;
  }
}
