package io.kiln.spark.search;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A trial to be trained, or trained further.
 *
 * @param trial its number, from 0
 * @param values by dotted key
 * @param epochs it has behind it then; {@link #WHOLE} for all that its configuration says
 */
public record Suggestion(int trial, Map<String, Object> values, int epochs) {
  /** To the end. */
  public static final int WHOLE = Integer.MAX_VALUE;

  /** Copies the map; its order stays. */
  public Suggestion {
    values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
  }
}
