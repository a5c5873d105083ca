package io.kiln.spark.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kiln.nn.config.Sections;
import io.kiln.nn.optim.ParameterUpdate;
import io.kiln.nn.optim.Schedule;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * One text for one configuration, and its SHA-256: a checkpoint is only continued by a
 * configuration with the same hash.
 *
 * <p>What does not change the weights of a given step is left out: see {@link #NOT_HASHED}. The
 * number of epochs counts where the schedule of the learning rate goes by it. What is not in the
 * configuration is compared beside the hash: the data have a fingerprint of their own.
 */
public final class ConfigHash {
  /**
   * Keys that may differ when a run is resumed: its name, where data and pretrained weights lie and
   * samples go (what these are, {@code model.weights.sha256} says), how long it goes on, what it
   * keeps, and on what machines it runs.
   */
  public static final List<String> NOT_HASHED =
      List.of(
          "name",
          "data.path",
          "data.placement",
          "model.weights.path",
          "sweep",
          "report",
          "train.checkpoint-every",
          "train.keep-checkpoints",
          "train.resume",
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

  /** Left out as well, unless the schedule depends on it. */
  private static final String EPOCHS = "train.epochs";

  private static final ObjectMapper JSON = new ObjectMapper();

  private ConfigHash() {}

  /** The hash of a configuration, 64 hexadecimal digits. */
  public static String of(RunConfig config) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256")
              .digest(text(config).getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** What is hashed: a checkpoint carries it, so that one can say what has changed. */
  public static String text(RunConfig config) {
    Map<String, Object> values = Sections.copy(config.resolved());
    for (String key : NOT_HASHED) {
      Overlay.set(values, key, null);
    }
    if (!Schedule.dependsOnLength(
        ParameterUpdate.Rule.from(config.optimizerSettings()).schedule())) {
      Overlay.set(values, EPOCHS, null);
    }
    values.put("order", ORDER);
    return canonical(values);
  }

  /**
   * What differs between the {@link #text} of an earlier configuration and this one, one line a
   * key: {@code train.seed: 1, now 2}.
   */
  public static List<String> changes(String earlier, RunConfig now) {
    return differences("", earlier, text(now));
  }

  /**
   * What differs between two texts of {@link #canonical}, likewise.
   *
   * @param where what stands before the keys, without its dot; may be empty
   */
  public static List<String> differences(String where, String earlier, String now) {
    Map<String, String> before = new TreeMap<>();
    Map<String, String> after = new TreeMap<>();
    try {
      flatten(where, JSON.readTree(earlier), before);
      flatten(where, JSON.readTree(now), after);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("configuration: that is no text of one", e);
    }
    Set<String> keys = new TreeSet<>(before.keySet());
    keys.addAll(after.keySet());
    List<String> changes = new ArrayList<>();
    for (String key : keys) {
      String was = before.getOrDefault(key, "absent");
      String is = after.getOrDefault(key, "absent");
      if (!was.equals(is)) {
        changes.add(key + ": " + was + ", now " + is);
      }
    }
    return List.copyOf(changes);
  }

  private static void flatten(String key, JsonNode value, Map<String, String> flat) {
    if (value.isObject() && !value.isEmpty()) {
      Iterator<String> names = value.fieldNames();
      while (names.hasNext()) {
        String name = names.next();
        flatten(key.isEmpty() ? name : key + "." + name, value.path(name), flat);
      }
    } else {
      flat.put(key, value.isTextual() ? value.asText() : value.toString());
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
