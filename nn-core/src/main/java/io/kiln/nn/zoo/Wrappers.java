package io.kiln.nn.zoo;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Names that PyTorch puts around a network's own when it is compiled, checkpointed or divided among
 * machines: {@code _orig_mod.module.conv.weight}.
 */
final class Wrappers {
  /** Of these names no network has one itself; within a name they are left out. */
  private static final Pattern WITHIN =
      Pattern.compile(
          "(?<=\\.)(?:(?:_orig_mod|_fsdp_wrapped_module|_checkpoint_wrapped_module)\\.)+");

  private static final int MOST_TRIED = 8;

  private Wrappers() {}

  /**
   * What the names of a file are to be changed to.
   *
   * @param strip beginning that is taken off
   * @param add beginning that is then put in front
   */
  record Renaming(String strip, String add) {
    String of(String name) {
      return add + without(name, strip);
    }
  }

  /** A name without a beginning, where it has that, and without wrappers within. */
  static String without(String name, String strip) {
    boolean has = !strip.isEmpty() && name.startsWith(strip);
    // Behind a beginning that was taken off, a wrapper stands within the name.
    String rest = WITHIN.matcher(has ? "." + name.substring(strip.length()) : name).replaceAll("");
    return has ? rest.substring(1) : rest;
  }

  /**
   * A renaming by which a file has all names that are needed, or null if none is found.
   *
   * @param missing needed names that it has not
   * @param needed all of them
   * @param file all names of the file
   */
  static @Nullable Renaming found(List<String> missing, Set<String> needed, Set<String> file) {
    Map<Renaming, Integer> votes = new LinkedHashMap<>();
    for (String name : missing.subList(0, Math.min(MOST_TRIED, missing.size()))) {
      for (String other : file) {
        int shared = shared(name, other);
        if (shared > 0) {
          votes.merge(
              new Renaming(
                  other.substring(0, other.length() - shared),
                  name.substring(0, name.length() - shared)),
              1,
              Integer::sum);
        }
      }
    }
    List<Renaming> candidates =
        votes.keySet().stream()
            .sorted(Comparator.comparing(votes::get, Comparator.reverseOrder()))
            .limit(MOST_TRIED)
            .toList();
    for (Renaming renaming : candidates) {
      Set<String> names = new LinkedHashSet<>();
      file.forEach(name -> names.add(renaming.of(name)));
      if (names.containsAll(needed)) {
        return renaming;
      }
    }
    return null;
  }

  /** Length of the longest end that two names share, cut at their dots. */
  private static int shared(String a, String b) {
    int same = 0;
    int most = Math.min(a.length(), b.length());
    int whole = 0;
    while (same < most && a.charAt(a.length() - 1 - same) == b.charAt(b.length() - 1 - same)) {
      same++;
      boolean atDot = begins(a, same) && begins(b, same);
      whole = atDot ? same : whole;
    }
    return whole;
  }

  private static boolean begins(String name, int length) {
    return length == name.length() || name.charAt(name.length() - 1 - length) == '.';
  }
}
