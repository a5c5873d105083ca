package io.kiln.spark.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * One text for one configuration, and its SHA-256: a checkpoint is only continued by a
 * configuration with the same hash.
 *
 * <p>What does not change the weights of a given step is left out: see {@link #NOT_HASHED}. The
 * data themselves have a fingerprint of their own.
 */
public final class ConfigHash {
  /**
   * Keys that may differ when a run is resumed: its name, where data and pretrained weights lie
   * (what these are, {@code model.weights.sha256} says), how long it goes on, what it keeps, and on
   * what machines it runs.
   */
  public static final List<String> NOT_HASHED =
      List.of(
          "name",
          "data.path",
          "model.weights.path",
          "sweep",
          "train.epochs",
          "train.checkpoint-every",
          "train.keep-checkpoints",
          "train.early-stopping",
          "cluster.workers",
          "cluster.threads",
          "cluster.encrypt",
          "cluster.resources-timeout",
          "cluster.peer-timeout",
          "cluster.attempts");

  /**
   * Which order of samples and cut into steps the same values mean; it goes up when a new version
   * trains them to other weights.
   */
  private static final int ORDER = 2;

  private static final ObjectMapper JSON = new ObjectMapper();

  private ConfigHash() {}

  /** The hash of a configuration, 64 hexadecimal digits. */
  public static String of(RunConfig config) {
    Map<String, Object> values = Overlay.copy(config.resolved());
    for (String key : NOT_HASHED) {
      Overlay.set(values, key, null);
    }
    values.put("order", ORDER);
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256")
              .digest(canonical(values).getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * JSON without spaces, keys sorted, numbers in one form: {@code 1}, {@code 1.0} and {@code 1e0}
   * are all {@code 1}.
   */
  public static String canonical(Map<String, ?> values) {
    try {
      return JSON.writeValueAsString(sorted(values));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("configuration: it cannot be written as JSON", e);
    }
  }

  private static Object sorted(Object value) {
    if (value instanceof Map<?, ?> map) {
      Map<String, Object> sorted = new TreeMap<>();
      map.forEach((key, item) -> sorted.put(String.valueOf(key), sorted(item)));
      return sorted;
    }
    if (value instanceof Collection<?> items) {
      List<Object> list = new ArrayList<>();
      items.forEach(item -> list.add(sorted(item)));
      return list;
    }
    if (value instanceof Double || value instanceof Float) {
      double number = ((Number) value).doubleValue();
      boolean whole = number == Math.rint(number) && Math.abs(number) < 1L << 53;
      return whole ? (Object) (long) number : (Object) number;
    }
    return value;
  }
}
