package io.kiln.spark.config;

import io.kiln.nn.config.ConfigException;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How often something happens: every so many epochs, steps or seconds, or never.
 *
 * @param count how many; 0 for never
 * @param unit of what
 */
public record Interval(int count, Unit unit) {
  /** What is counted. */
  public enum Unit {
    /** Passes over the training set. */
    EPOCH,
    /** Optimizer steps. */
    STEP,
    /** Wall-clock seconds. */
    SECOND
  }

  /** Not at all. */
  public static final Interval NEVER = new Interval(0, Unit.EPOCH);

  private static final Pattern TEXT = Pattern.compile("([0-9]{1,9})\\s*([a-z]*)");

  /**
   * Reads {@code 1 epoch}, {@code 100 steps}, {@code 30 s}, {@code 10 min}, {@code 1 h}, {@code
   * none}; a number alone counts epochs.
   */
  public static Interval parse(String where, String text) {
    String lower = text.strip().toLowerCase(Locale.ROOT);
    if (lower.equals("none") || lower.equals("never")) {
      return NEVER;
    }
    Matcher matcher = TEXT.matcher(lower);
    int count = matcher.matches() ? Integer.parseInt(matcher.group(1)) : 0;
    if (count == 0) {
      throw wrong(where, text);
    }
    return switch (matcher.group(2)) {
      case "", "epoch", "epochs" -> new Interval(count, Unit.EPOCH);
      case "step", "steps" -> new Interval(count, Unit.STEP);
      case "s", "second", "seconds" -> new Interval(count, Unit.SECOND);
      case "min", "minute", "minutes" -> seconds(where, text, count, 60);
      case "h", "hour", "hours" -> seconds(where, text, count, 3600);
      default -> throw wrong(where, text);
    };
  }

  private static Interval seconds(String where, String text, int count, int unit) {
    if (count > Integer.MAX_VALUE / unit) {
      throw wrong(where, text);
    }
    return new Interval(count * unit, Unit.SECOND);
  }

  /** Whether it never happens. */
  public boolean never() {
    return count == 0;
  }

  /** The text {@link #parse} reads. */
  @Override
  public String toString() {
    return never()
        ? "none"
        : count + " " + unit.name().toLowerCase(Locale.ROOT) + (count == 1 ? "" : "s");
  }

  private static ConfigException wrong(String where, String text) {
    return new ConfigException(
        where
            + ": '"
            + text
            + "' came but e.g. '1 epoch', '100 steps', '10 min' or 'none' is needed");
  }
}
