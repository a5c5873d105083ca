package io.kiln.spark.config;

import io.kiln.nn.config.ConfigException;
import io.kiln.nn.config.Settings;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Times of a configuration: {@code 30}, {@code 30 s}, {@code 500 ms}, {@code 5 min}, {@code 1 h}.
 */
final class Seconds {
  private static final Pattern TEXT = Pattern.compile("([0-9]+(?:\\.[0-9]+)?)\\s*([a-z]*)");

  private Seconds() {}

  /** A time in seconds, above zero. */
  static double read(Settings settings, String key, double fallback) {
    if (!settings.has(key)) {
      return fallback;
    }
    String text = settings.text(key);
    Matcher matcher = TEXT.matcher(text.strip().toLowerCase(Locale.ROOT));
    double unit =
        !matcher.matches()
            ? 0
            : switch (matcher.group(2)) {
              case "", "s", "sec", "second", "seconds" -> 1;
              case "ms" -> 0.001;
              case "min", "minute", "minutes" -> 60;
              case "h", "hour", "hours" -> 3600;
              default -> 0;
            };
    double seconds = unit == 0 ? 0 : unit * Double.parseDouble(matcher.group(1));
    if (seconds <= 0) {
      throw new ConfigException(
          settings.path(key)
              + ": '"
              + text
              + "' came but a time such as '30 s' or '5 min' is needed");
    }
    return seconds;
  }
}
