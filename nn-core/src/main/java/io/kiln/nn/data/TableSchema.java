package io.kiln.nn.data;

import io.kiln.nn.config.ConfigException;
import io.kiln.nn.config.Settings;
import io.kiln.nn.io.FormatException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The columns of a table that a model learns from, and what each is for. Other files are read
 * through it: their columns are found by name, whatever their order; only files without a header,
 * or for a model that was trained without one, are taken by place.
 *
 * @param names of all columns; of a file without header their places from 0
 * @param label the label's column, or −1
 * @param features columns that are learnt from, rising
 * @param passed names beside {@code names} that may come and are passed over
 */
record TableSchema(List<String> names, int label, List<Integer> features, Set<String> passed) {
  private static final int MOST_NAMED = 12;

  /** Where the columns of a file are: for each feature its cell; the label's cell, or −1. */
  record Cells(int[] features, int label, int width) {}

  /**
   * The roles that the settings give.
   *
   * @param names of all columns
   * @param path for errors
   * @throws ConfigException if a setting names a column that is not there, or one of several
   * @throws FormatException if two features have one name
   */
  static TableSchema of(Settings data, List<String> names, String path) throws FormatException {
    Set<Integer> dropped = new TreeSet<>();
    Set<String> passed = new LinkedHashSet<>();
    boolean trained = data.has("fill");
    for (String name : data.texts("drop", List.of())) {
      if (trained && !names.contains(name) && Double.isNaN(Table.number(name))) {
        passed.add(name);
      } else {
        dropped.add(find(names, name, data.path("drop"), path));
      }
    }
    String wanted = data.text("label", "last");
    int label =
        wanted.equals("none")
            ? -1
            : wanted.equals("last")
                ? names.size() - 1
                : find(names, wanted, data.path("label"), path);
    List<Integer> features = new ArrayList<>();
    List<String> chosen = data.texts("features", List.of());
    for (String name : chosen) {
      features.add(find(names, name, data.path("features"), path));
    }
    for (int i = 0; chosen.isEmpty() && i < names.size(); i++) {
      if (i != label && !dropped.contains(i)) {
        features.add(i);
      }
    }
    features.removeIf(i -> i == label || dropped.contains(i));
    features.sort(null);
    Map<String, Integer> seen = new HashMap<>();
    List<Integer> kept = new ArrayList<>(features);
    if (label >= 0) {
      kept.add(label);
    }
    for (int i : kept) {
      Integer other = seen.putIfAbsent(names.get(i), i);
      if (other != null) {
        throw new FormatException(
            path,
            0,
            twice(other, i, names.get(i))
                + "; rename one, or pass over one by its place: data.drop: ["
                + (i == label ? other : i)
                + "]");
      }
    }
    if (features.isEmpty()) {
      throw new FormatException(path, 0, "no column of features is left beside the label");
    }
    return new TableSchema(List.copyOf(names), label, List.copyOf(features), passed);
  }

  /** The columns of features among these, by the key that names them. */
  Set<Integer> find(Settings data, String key, String path) {
    Set<Integer> found = new TreeSet<>();
    for (String name : data.texts(key, List.of())) {
      found.add(find(names, name, data.path(key), path));
    }
    return found;
  }

  /** Names of the features. */
  List<String> featureNames() {
    return features.stream().map(names::get).toList();
  }

  /** Whether columns have names of their own, not only places. */
  boolean named() {
    return !places(names);
  }

  /** As settings of the data section. */
  Map<String, Object> settings() {
    Map<String, Object> settings = new LinkedHashMap<>();
    settings.put("columns", names);
    settings.put("features", features.stream().map(this::key).toList());
    settings.put("label", label < 0 ? "none" : key(label));
    return settings;
  }

  /** A name if only one column has it, else the place. */
  private String key(int column) {
    String name = names.get(column);
    return names.indexOf(name) == names.lastIndexOf(name) && !name.isEmpty()
        ? name
        : Integer.toString(column);
  }

  /**
   * Finds the columns in a file.
   *
   * @param header names of the file's columns, or null if it has none
   * @param width cells of its first line
   * @param labels whether the label must be there
   * @throws ConfigException naming the column that is missing or unknown
   * @throws FormatException if one is there twice
   */
  Cells cells(@Nullable List<String> header, int width, boolean labels, String path)
      throws FormatException {
    return header == null || !named() || header.equals(names)
        ? byPlace(width, labels, path)
        : byName(header, labels, path);
  }

  private Cells byName(List<String> header, boolean labels, String path) throws FormatException {
    Map<String, Integer> places = new HashMap<>();
    Map<String, Integer> again = new HashMap<>();
    for (int i = 0; i < header.size(); i++) {
      if (places.putIfAbsent(header.get(i), i) != null) {
        again.putIfAbsent(header.get(i), i);
      }
    }
    List<String> missing = new ArrayList<>();
    int[] cells = new int[features.size()];
    for (int i = 0; i < cells.length; i++) {
      cells[i] = only(places, again, names.get(features.get(i)), path);
      if (cells[i] < 0) {
        missing.add(names.get(features.get(i)));
      }
    }
    int labelCell = label < 0 ? -1 : only(places, again, names.get(label), path);
    if (label >= 0 && labelCell < 0 && labels) {
      missing.add(names.get(label));
    }
    Set<String> known = new HashSet<>(names);
    List<String> unknown =
        header.stream().filter(name -> !known.contains(name) && !passed.contains(name)).toList();
    if (!missing.isEmpty()) {
      List<String> candidates = unknown.isEmpty() ? header : unknown;
      String nearest = Settings.nearest(missing.get(0), candidates);
      throw new ConfigException(
          path
              + ": "
              + (missing.size() == 1 ? "column " : "columns ")
              + quoted(missing)
              + (missing.size() == 1 ? " is" : " are")
              + " missing; it has "
              + quoted(header)
              + (unknown.isEmpty() ? "" : "; is '" + nearest + "' meant? rename it"));
    }
    if (!unknown.isEmpty()) {
      throw new ConfigException(
          path
              + ": "
              + (unknown.size() == 1 ? "column " : "columns ")
              + quoted(unknown)
              + " came but "
              + quoted(names)
              + " are known (nearest: '"
              + Settings.nearest(unknown.get(0), names)
              + "'); remove it, or pass over it with data.drop");
    }
    return new Cells(cells, labelCell, header.size());
  }

  private static int only(
      Map<String, Integer> places, Map<String, Integer> again, String name, String path)
      throws FormatException {
    int place = places.getOrDefault(name, -1);
    if (again.containsKey(name)) {
      throw new FormatException(
          path, 0, twice(place, again.get(name), name) + "; rename or remove one");
    }
    return place;
  }

  /** With all columns; without the label's, without those that are passed over, or without both. */
  private Cells byPlace(int width, boolean labels, String path) {
    int labelled = label < 0 ? 0 : 1;
    boolean whole = width == names.size();
    boolean unlabelled = !labels && labelled == 1 && width == names.size() - 1;
    boolean chosen = width == features.size() + labelled;
    boolean bare = !labels && width == features.size();
    if (!whole && !unlabelled && !chosen && !bare) {
      throw new ConfigException(
          path
              + ": "
              + width
              + " columns came but "
              + names.size()
              + " are needed: "
              + features.size()
              + " of features"
              + (names.size() > features.size() + labelled
                  ? ", " + (names.size() - features.size() - labelled) + " that are passed over"
                  : "")
              + (label < 0 ? "" : labels ? " and the label" : " and, if it is known, the label")
              + "; it is another kind of table");
    }
    boolean withLabel = label >= 0 && (whole || (chosen && !unlabelled));
    int[] cells = new int[features.size()];
    int labelCell = -1;
    int feature = 0;
    int cell = 0;
    for (int i = 0; i < names.size(); i++) {
      boolean learnt = feature < cells.length && features.get(feature) == i;
      if (learnt) {
        cells[feature++] = cell;
      }
      if (i == label && withLabel) {
        labelCell = cell;
      }
      if (i == label ? withLabel : learnt || whole || unlabelled) {
        cell++;
      }
    }
    return new Cells(cells, labelCell, width);
  }

  private static String twice(int first, int second, String name) {
    return "columns "
        + Math.min(first, second)
        + " and "
        + Math.max(first, second)
        + " (from 0) are both named '"
        + name
        + "'";
  }

  private static String quoted(List<String> names) {
    String some = String.join("', '", names.subList(0, Math.min(MOST_NAMED, names.size())));
    return "'" + some + "'" + (names.size() > MOST_NAMED ? " and more" : "");
  }

  /** The column of that name, or else of that place. */
  private static int find(List<String> names, String wanted, String key, String path) {
    int named = names.indexOf(wanted);
    int last = names.lastIndexOf(wanted);
    if (named != last) {
      throw new ConfigException(
          key
              + ": in "
              + path
              + " "
              + twice(named, last, wanted)
              + "; give the place instead of the name");
    }
    if (named >= 0) {
      return named;
    }
    double index = Table.number(wanted);
    int at = (int) (index < 0 ? index + names.size() : index);
    if (index == Math.rint(index) && at >= 0 && at < names.size()) {
      return at;
    }
    throw new ConfigException(
        key
            + ": there is no column '"
            + wanted
            + "' in "
            + path
            + "; columns are "
            + String.join(", ", names)
            + (places(names) ? "; if its first line names them, set data.header: yes" : ""));
  }

  private static boolean places(List<String> names) {
    for (int i = 0; i < names.size(); i++) {
      if (!names.get(i).equals(Integer.toString(i))) {
        return false;
      }
    }
    return true;
  }
}
