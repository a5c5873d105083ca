package io.kiln.nn.data;

import io.kiln.nn.io.Locations;
import io.kiln.nn.io.Storage;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Finds the files of a data set, and says what to do when they are not there. */
final class DataFiles {
  /** What scripts/fetch-data knows. */
  private static final Set<String> FETCHED = Set.of("mnist", "fashion-mnist", "cifar-10");

  private DataFiles() {}

  /**
   * The first of these names that is in a folder.
   *
   * @param set name of the set, for the advice
   * @throws NoSuchFileException with advice, if none is there
   */
  static String find(Storage storage, String folder, String set, String... names)
      throws IOException {
    Set<String> present;
    try {
      present = storage.list(folder).stream().map(Storage.Entry::name).collect(Collectors.toSet());
    } catch (NoSuchFileException e) {
      present = Set.of();
    }
    for (String name : names) {
      if (present.contains(name)) {
        return Locations.join(folder, name);
      }
    }
    boolean packed = names.length > 1 && names[1].equals(names[0] + ".gz");
    throw missing(Locations.join(folder, names[0]) + (packed ? "[.gz]" : ""), set);
  }

  /** Whether there is a file, not a folder, of that path. */
  static boolean isFile(Storage storage, String path) throws IOException {
    try {
      List<Storage.Entry> entries = storage.list(path);
      return entries.size() == 1
          && !entries.get(0).folder()
          && entries.get(0).name().equals(Locations.name(path));
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  /** The error of a file that is not there. */
  static NoSuchFileException missing(String path, String set) {
    String fetch = FETCHED.contains(set) ? ", or run scripts/fetch-data " + set : "";
    return new NoSuchFileException(
        "data: " + path + " is not there; set KILN_DATA or --data" + fetch);
  }
}
