package io.kiln.spark.fit;

import io.kiln.nn.config.Settings;
import io.kiln.nn.data.DataSources;
import io.kiln.nn.data.Samples;
import io.kiln.nn.data.Splits;
import io.kiln.nn.io.FormatException;
import io.kiln.spark.report.Json;
import io.kiln.spark.store.HadoopStorage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The data sets a JVM has read: all tasks of an executor share them. Holds the two last used, so a
 * sweep over augmentations does not read again and a long-lived executor does not fill up.
 */
public final class DataCache {
  private static final int MOST = 2;
  private static final Map<String, Object> LOADED = new LinkedHashMap<>(MOST, 0.75f, true);

  /** Reads what the cache does not have. */
  interface Reader<T> {
    T read() throws IOException;
  }

  private DataCache() {}

  /**
   * A set that was read.
   *
   * @param splits its parts
   * @param bytes of its files
   */
  public record Loaded(Splits splits, long bytes) {}

  /** The data of a section, read at most once a JVM while it is in use. */
  public static Loaded get(Map<String, Object> data, String root, HadoopStorage storage)
      throws IOException {
    Map<String, Object> section = WholeData.section(data);
    return cached(Loaded.class, key("train", root, section), () -> read(section, root, storage));
  }

  /** Reads the data of a section, for one who keeps a part of them. */
  static Loaded read(Map<String, Object> data, String root, HadoopStorage storage)
      throws IOException {
    CountingStorage counting = new CountingStorage(storage);
    Splits splits = DataSources.load(Settings.of("data", WholeData.section(data)), counting, root);
    return new Loaded(splits, counting.bytes());
  }

  /**
   * A share of a set, likewise.
   *
   * @param share what it is a share of, and which
   */
  static Loaded share(String share, Map<String, Object> data, String root, Reader<Loaded> reader)
      throws IOException {
    return cached(Loaded.class, key(share, root, data), reader);
  }

  /** The samples at one place, for a model trained on data of that section; likewise cached. */
  public static Samples samples(Map<String, Object> data, String location, HadoopStorage storage)
      throws IOException {
    return cached(
        Samples.class,
        key("score", location, data),
        () -> DataSources.samples(Settings.of("data", data), storage, location));
  }

  /**
   * Refuses a copy of the data that is not the driver's.
   *
   * @param whose where that copy is
   * @throws FormatException if the fingerprints differ
   */
  public static void check(String fingerprint, String driver, String whose) throws FormatException {
    if (!fingerprint.equals(driver)) {
      throw new FormatException(
          "data of " + whose,
          -1,
          "their fingerprint is "
              + shortened(fingerprint)
              + " but the driver's is "
              + shortened(driver)
              + "; give all machines the same files");
    }
  }

  private static String shortened(String fingerprint) {
    return fingerprint.substring(0, Math.min(12, fingerprint.length())) + "…";
  }

  private static String key(String use, String place, Map<String, Object> data) {
    return use + "\n" + place + "\n" + new String(Json.bytes(data), StandardCharsets.UTF_8);
  }

  private static synchronized <T> T cached(Class<T> type, String key, Reader<T> reader)
      throws IOException {
    Object known = LOADED.get(key);
    if (known != null) {
      return type.cast(known);
    }
    T loaded = reader.read();
    LOADED.put(key, loaded);
    if (LOADED.size() > MOST) {
      LOADED.remove(LOADED.keySet().iterator().next());
    }
    return loaded;
  }
}
