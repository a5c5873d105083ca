package io.kiln.nn.layer;

import io.kiln.nn.config.ConfigException;
import io.kiln.nn.config.Settings;
import java.util.List;

/**
 * A number for each direction of an image.
 *
 * @param h down
 * @param w to the right
 */
public record Pair(int h, int w) {
  /** The same both ways. */
  public static Pair of(int both) {
    return new Pair(both, both);
  }

  /** Reads a number, or a list {@code [h, w]}; each at least {@code least}. */
  static Pair from(Settings settings, String key, int least, Pair fallback) {
    List<Integer> numbers = settings.integers(key, List.of(fallback.h(), fallback.w()));
    boolean fits = numbers.size() == 1 || numbers.size() == 2;
    for (int number : numbers) {
      fits &= number >= least;
    }
    if (!fits) {
      throw new ConfigException(
          settings.path(key)
              + ": "
              + settings.raw(key)
              + " came but a number or a list [h, w] is needed, each "
              + least
              + " or more");
    }
    return new Pair(numbers.get(0), numbers.get(numbers.size() - 1));
  }

  /** Like {@link #from}, and required. */
  static Pair from(Settings settings, String key, int least) {
    if (!settings.has(key)) {
      throw new ConfigException(settings.path(key) + ": it is missing; set a number or [h, w]");
    }
    return from(settings, key, least, of(least));
  }
}
