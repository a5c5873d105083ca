package io.kiln.nn.data;

import io.kiln.nn.io.FormatException;
import io.kiln.nn.io.Locations;
import io.kiln.nn.io.Storage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The files of a table: one, or those of a folder in the order of their names. Of a folder that
 * Spark or Hadoop wrote these are the {@code part-…} files; names that begin with a dot or an
 * underscore are never data there.
 *
 * @param paths of the files
 * @param parts whether they are part files
 * @param passed files that were passed over
 */
record TableFiles(List<String> paths, boolean parts, List<String> passed) {
  private static final List<String> SUFFIXES =
      List.of(".csv", ".tsv", ".txt", ".data", ".libsvm", ".svm");

  private static final List<String> PACKED = List.of(".gz", ".bz2");

  /**
   * The files at a place.
   *
   * @throws java.nio.file.NoSuchFileException if nothing is there
   * @throws FormatException if a folder has no file of a table, or folders in it
   */
  static TableFiles at(Storage storage, String place) throws IOException {
    if (DataFiles.isFile(storage, place)) {
      return new TableFiles(List.of(place), false, List.of());
    }
    List<String> seen = new ArrayList<>();
    boolean parts = false;
    for (Storage.Entry entry : storage.list(place)) {
      String name = entry.name();
      if (name.startsWith(".") || name.startsWith("_")) {
        continue;
      }
      if (entry.folder()) {
        throw new FormatException(
            Locations.join(place, name),
            -1,
            "it is a folder in a folder of a table, but files are needed; give one of the folders");
      }
      seen.add(name);
      parts |= name.startsWith("part-");
    }
    List<String> paths = new ArrayList<>();
    List<String> passed = new ArrayList<>();
    for (String name : seen) {
      boolean data = parts ? name.startsWith("part-") : suffixed(name);
      (data ? paths : passed).add(Locations.join(place, name));
    }
    if (paths.isEmpty()) {
      throw new FormatException(
          place,
          -1,
          "it is a folder without a table; give a file, or a folder of part-… or "
              + String.join(", ", SUFFIXES)
              + " files");
    }
    return new TableFiles(List.copyOf(paths), parts, List.copyOf(passed));
  }

  private static boolean suffixed(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    for (String packed : PACKED) {
      lower = lower.endsWith(packed) ? lower.substring(0, lower.length() - packed.length()) : lower;
    }
    return SUFFIXES.stream().anyMatch(lower::endsWith);
  }

  /** What was passed over, as notes. */
  List<String> notes() {
    return passed.stream()
        .map(path -> path + " was passed over: it is not a file of the table")
        .toList();
  }
}
