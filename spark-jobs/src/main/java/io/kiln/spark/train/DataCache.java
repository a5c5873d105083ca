package io.kiln.spark.train;

import io.kiln.nn.config.Settings;
import io.kiln.nn.data.DataSources;
import io.kiln.nn.data.Splits;
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
  private static final Map<String, Splits> LOADED = new LinkedHashMap<>(MOST, 0.75f, true);

  private DataCache() {}

  /** The data of a section, read at most once a JVM while it is in use. */
  public static synchronized Splits get(
      Map<String, Object> data, String root, HadoopStorage storage) throws IOException {
    String key = root + "\n" + new String(Json.bytes(data), StandardCharsets.UTF_8);
    Splits known = LOADED.get(key);
    if (known != null) {
      return known;
    }
    Splits loaded = DataSources.load(Settings.of("data", data), storage, root);
    LOADED.put(key, loaded);
    if (LOADED.size() > MOST) {
      LOADED.remove(LOADED.keySet().iterator().next());
    }
    return loaded;
  }
}
