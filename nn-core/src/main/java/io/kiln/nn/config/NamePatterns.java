package io.kiln.nn.config;

import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Names chosen by patterns, where {@code *} stands for any characters: {@code features.*}. One that
 * begins with {@code !} takes names out of what those before it chose: {@code ["*", "!fc.*"]} is
 * all but the names of fc.
 *
 * @param where the key of the patterns, for messages
 * @param patterns the patterns, in order
 */
public record NamePatterns(String where, List<String> patterns) {
  /** Copies the list. */
  public NamePatterns {
    patterns = List.copyOf(patterns);
  }

  /** Reads a list of patterns; none if the key is not given. */
  public static NamePatterns from(Settings settings, String key) {
    return new NamePatterns(settings.path(key), settings.texts(key, List.of()));
  }

  /** Whether a name is chosen. */
  public boolean matches(String name) {
    boolean chosen = false;
    for (String pattern : patterns) {
      boolean out = pattern.startsWith("!");
      if (chosen == out && fits(out ? pattern.substring(1) : pattern, name)) {
        chosen = !out;
      }
    }
    return chosen;
  }

  /**
   * Refuses a pattern that fits no name: it is a slip of the pen.
   *
   * @param what the word for a name in the message
   * @throws ConfigException naming the nearest name or group of names
   */
  public void check(String what, Collection<String> names) {
    for (String pattern : patterns) {
      String plain = pattern.startsWith("!") ? pattern.substring(1) : pattern;
      if (names.stream().noneMatch(name -> fits(plain, name))) {
        String nearest = Settings.nearest(plain, withGroups(names));
        throw new ConfigException(
            where
                + ": '"
                + pattern
                + "' fits no "
                + what
                + (nearest.isEmpty() ? "; remove it" : "; did you mean '" + nearest + "'?"));
      }
    }
  }

  /** The names, and {@code a.*} for every a that several of them begin with. */
  private static Set<String> withGroups(Collection<String> names) {
    Set<String> all = new LinkedHashSet<>(names);
    for (String name : names) {
      for (int dot = name.indexOf('.'); dot > 0; dot = name.indexOf('.', dot + 1)) {
        all.add(name.substring(0, dot) + ".*");
      }
    }
    return all;
  }

  private static boolean fits(String pattern, String name) {
    return Pattern.matches(Pattern.quote(pattern).replace("*", "\\E.*\\Q"), name);
  }
}
