package io.kiln.spark.config;

import io.kiln.nn.config.ConfigException;
import io.kiln.nn.config.Settings;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * When to stop before the last epoch.
 *
 * @param patience epochs without improvement that are tolerated
 * @param metric dotted name of what is watched; in a regression always {@code validation.loss}
 * @param minDelta the least change that counts as improvement
 */
public record EarlyStopping(int patience, String metric, double minDelta) {
  /** Reads the section. */
  public static EarlyStopping read(Settings settings) {
    if (!settings.has("patience")) {
      throw new ConfigException(settings.path("patience") + ": it is missing; set it, e.g. to 3");
    }
    EarlyStopping read =
        new EarlyStopping(
            settings.atLeast(1, "patience", 1),
            settings.choice("metric", "validation.accuracy", Metrics.NAMES),
            settings.within(0, Double.POSITIVE_INFINITY, "min-delta", 0));
    settings.finish();
    return read;
  }

  /** Whether a greater value is the better one. */
  public boolean greaterIsBetter() {
    return Metrics.greaterIsBetter(metric);
  }

  /** Whether a value improves on the best so far. */
  public boolean improves(double value, double best) {
    return greaterIsBetter() ? value > best + minDelta : value < best - minDelta;
  }

  Map<String, Object> resolved() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("patience", patience);
    map.put("metric", metric);
    map.put("min-delta", minDelta);
    return map;
  }
}
