package io.kiln.spark.config;

import io.kiln.nn.config.ConfigException;
import io.kiln.nn.config.Settings;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How many workers train together.
 *
 * @param least below this number nothing begins or goes on
 * @param most a fit does not grow beyond; 0 for as many as the cluster has slots
 */
public record Workers(int least, int most) {
  private static final String KEY = "workers";

  /** Reads {@code N}, {@code {least: N, most: M}} or {@code auto}. */
  static Workers read(Settings settings) {
    Object value = settings.raw(KEY);
    if ("auto".equals(value)) {
      return new Workers(1, 0);
    }
    if (!(value instanceof Map)) {
      int workers = settings.atLeast(1, KEY, 1);
      return new Workers(workers, workers);
    }
    Settings range = settings.section(KEY);
    int least = range.atLeast(1, "least", 1);
    int most = range.has("most") ? range.atLeast(1, "most", 1) : 0;
    range.finish();
    if (most > 0 && most < least) {
      throw new ConfigException(
          range.where()
              + ": least "
              + least
              + " and most "
              + most
              + " came but the least must not be above the most");
    }
    return new Workers(least, most);
  }

  /** Whether their number is given once and for all. */
  public boolean fixed() {
    return least == most;
  }

  /** The most, where so many of them have something to do. */
  public int most(int useful) {
    return Math.max(least, most == 0 ? useful : Math.min(most, useful));
  }

  Object resolved() {
    if (fixed()) {
      return least;
    }
    if (least == 1 && most == 0) {
      return "auto";
    }
    Map<String, Object> range = new LinkedHashMap<>();
    range.put("least", least);
    if (most > 0) {
      range.put("most", most);
    }
    return range;
  }

  @Override
  public String toString() {
    return fixed() ? Integer.toString(least) : least + " to " + (most == 0 ? "all" : most);
  }
}
