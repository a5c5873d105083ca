package io.kiln.spark.shards;

import io.kiln.nn.config.ConfigException;
import io.kiln.nn.config.Settings;
import java.io.Serializable;
import java.util.Map;

/**
 * How many rows are held back for a part: a fraction, a count, or what a column says. Rows that
 * equal each other are held back together or not at all, so nothing is learnt by heart that is
 * asked later; a count may be missed by a few for their sake.
 *
 * @param fraction below 1, or 0
 * @param count or 0
 * @param column of booleans or numbers (not 0 is held back), or of texts {@code train}, {@code
 *     validation}, {@code test}; or empty
 */
public record Held(double fraction, long count, String column) implements Serializable {
  /** Nothing. */
  public static final Held NOTHING = new Held(0, 0, "");

  /** Checks the bounds. */
  public Held {
    if (!(fraction >= 0 && fraction < 1) || count < 0) {
      throw new ConfigException(
          "data: "
              + (count < 0 ? count : fraction)
              + " of the rows came but a count or a fraction below 1 is needed");
    }
  }

  /** As a setting says: a number, or a section with {@code column}. */
  static Held of(Settings data, String key) {
    Object value = data.raw(key);
    if (value == null) {
      return NOTHING;
    }
    if (value instanceof Map<?, ?>) {
      Settings section = data.section(key);
      Held held = new Held(0, 0, section.text("column"));
      section.finish();
      return held;
    }
    double part = data.within(0, Long.MAX_VALUE, key, 0);
    if (part > 0 && part < 1) {
      return new Held(part, 0, "");
    }
    if (part != Math.rint(part)) {
      throw new ConfigException(
          data.path(key) + ": " + part + " came but a count or a fraction below 1 is needed");
    }
    return new Held(0, (long) part, "");
  }
}
