package io.kiln.nn.zoo;

import io.kiln.nn.config.ConfigException;
import io.kiln.nn.config.Settings;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Says in one line what a network and a file of weights do not have in common.
 *
 * @param where the key of the section
 * @param path the file
 * @param network names of the network
 * @param file names of the file, renamed
 * @param done how they were renamed
 */
record Mismatches(
    String where, String path, Set<String> network, Set<String> file, Wrappers.Renaming done) {
  /** Refuses names of the network that the file has not. */
  void missing(List<String> names) {
    if (names.isEmpty()) {
      return;
    }
    String name = names.get(0);
    String nearest = nearest(name, file, network);
    String advice = "; to begin it anew put it into " + where + ".except";
    Set<String> needed = new LinkedHashSet<>(network);
    needed.removeIf(one -> !file.contains(one) && !names.contains(one));
    Wrappers.Renaming renaming = done.add().isEmpty() ? Wrappers.found(names, needed, file) : null;
    if (renaming != null) {
      String first =
          file.stream().filter(one -> renaming.of(one).equals(name)).findFirst().orElse(nearest);
      throw missing(names, first, "; set " + where + "." + said(renaming));
    }
    for (String other : without(file, network)) {
      boolean longer = other.endsWith("." + name);
      if (longer || name.endsWith("." + other)) {
        nearest = other;
        String prefix =
            longer
                ? "strip-prefix: " + other.substring(0, other.length() - name.length())
                : "add-prefix: " + name.substring(0, name.length() - other.length());
        advice = "; set " + where + "." + prefix;
        break;
      }
    }
    throw missing(names, nearest, advice);
  }

  /** What to set, with what is taken off already. */
  private String said(Wrappers.Renaming renaming) {
    String both = done.strip() + renaming.strip();
    String strip = both.isEmpty() ? "" : "strip-prefix: " + both;
    String add = renaming.add().isEmpty() ? "" : "add-prefix: " + renaming.add();
    return strip.isEmpty() ? add : add.isEmpty() ? strip : strip + " and " + where + "." + add;
  }

  private ConfigException missing(List<String> names, String nearest, String advice) {
    return new ConfigException(
        where
            + ": '"
            + names.get(0)
            + "'"
            + more(names)
            + " of the network "
            + (names.size() > 1 ? "are" : "is")
            + " not in "
            + path
            + (nearest.isEmpty() ? ", which is empty" : "; the nearest there is '" + nearest + "'")
            + advice);
  }

  /** Refuses names of the file that the network has not. */
  void extra(List<String> names) {
    if (names.isEmpty()) {
      return;
    }
    throw new ConfigException(
        where
            + ": '"
            + names.get(0)
            + "'"
            + more(names)
            + " in "
            + path
            + (names.size() > 1 ? " are" : " is")
            + " not in the network; the nearest there is '"
            + nearest(names.get(0), network, file)
            + "'; to pass it over put it into "
            + where
            + ".except");
  }

  /** Refuses shapes that differ; each text says which is what. */
  void shapes(List<String> texts) {
    if (!texts.isEmpty()) {
      throw new ConfigException(
          where
              + ": "
              + texts.get(0)
              + " in the network"
              + more(texts)
              + "; to begin it anew put it into "
              + where
              + ".except");
    }
  }

  /** The nearest of the names that the other side has not; of all if it has them all. */
  private static String nearest(String name, Set<String> names, Set<String> others) {
    Set<String> unmatched = without(names, others);
    return Settings.nearest(name, unmatched.isEmpty() ? names : unmatched);
  }

  private static Set<String> without(Set<String> names, Set<String> others) {
    Set<String> rest = new LinkedHashSet<>(names);
    rest.removeAll(others);
    return rest;
  }

  private static String more(List<String> all) {
    return all.size() > 1 ? " (and " + (all.size() - 1) + " more)" : "";
  }
}
