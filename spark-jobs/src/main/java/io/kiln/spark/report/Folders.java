package io.kiln.spark.report;

import io.kiln.nn.config.ConfigException;
import io.kiln.nn.io.Storage;
import io.kiln.spark.store.HadoopStorage;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What run folders and sweep folders have in common. */
final class Folders {
  /** Where runs go when nobody says so. */
  static final String RUNS = "runs";

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss", Locale.ROOT);
  private static final String FRESH = ".new";
  private static final int MOST_SIBLINGS = 10_000;
  private static final int MOST_BYTES = 256 << 20;

  private Folders() {}

  /**
   * {@code runs/<name>-<time>}, unless another place is given; in full, since executors write there
   * too and have folders of their own.
   */
  static String wanted(@Nullable String out, String name, ZonedDateTime started) {
    String place =
        HadoopStorage.qualified(out == null ? RUNS + "/" + name + "-" + TIME.format(started) : out);
    return place.length() > 1 && place.endsWith("/")
        ? place.substring(0, place.length() - 1)
        : place;
  }

  /**
   * Takes a folder that nobody else has, by creating its first file: the wanted one, or, if there
   * is something in it, the first of {@code wanted-2}, {@code wanted-3}, … that is free.
   *
   * @param first content of that file, from the name of the folder
   * @return the folder
   * @throws ConfigException if the place cannot be written
   */
  static String take(
      HadoopStorage storage, String wanted, String file, Function<String, byte[]> first) {
    for (int i = 1; i <= MOST_SIBLINGS; i++) {
      String folder = i == 1 ? wanted : wanted + "-" + i;
      try {
        if (free(storage, folder)) {
          write(storage, folder + "/" + file, first.apply(name(folder)));
          return folder;
        }
      } catch (FileAlreadyExistsException e) {
        // Another run took it since; the next one may be free.
      } catch (IOException e) {
        throw unwritable(folder, e);
      }
    }
    throw new ConfigException(
        "--out: " + wanted + " and its siblings are all taken; give another folder with --out");
  }

  /** Writes a file anew: first under another name, so that a reader never sees half of it. */
  static void replace(HadoopStorage storage, String path, byte[] bytes) throws IOException {
    String fresh = path + FRESH;
    storage.delete(fresh);
    write(storage, fresh, bytes);
    storage.replace(fresh, path);
  }

  /** The bytes of a file. */
  static byte[] read(Storage storage, String path) throws IOException {
    try (InputStream in = storage.open(path)) {
      return in.readNBytes(MOST_BYTES);
    }
  }

  /** The entries of a folder, none if it is not there. */
  static List<Storage.Entry> list(Storage storage, String folder) throws IOException {
    try {
      return storage.list(folder);
    } catch (NoSuchFileException e) {
      return List.of();
    }
  }

  /**
   * The newest folder {@code runs/<name>-<time>[-n]} that has such a file, or null. Of one
   * second's, the one that was taken last.
   */
  static @Nullable String newest(Storage storage, String name, String file) throws IOException {
    Pattern wanted = Pattern.compile(Pattern.quote(name) + "-(\\d{8}-\\d{6})(?:-(\\d{1,6}))?");
    String newest = null;
    String key = "";
    for (Storage.Entry entry : list(storage, RUNS)) {
      Matcher matcher = wanted.matcher(entry.name());
      if (!entry.folder() || !matcher.matches()) {
        continue;
      }
      int copy = matcher.group(2) == null ? 1 : Integer.parseInt(matcher.group(2));
      String its = matcher.group(1) + String.format(Locale.ROOT, "-%06d", copy);
      String folder = RUNS + "/" + entry.name();
      if (its.compareTo(key) > 0 && has(storage, folder, file)) {
        newest = folder;
        key = its;
      }
    }
    return newest == null ? null : HadoopStorage.qualified(newest);
  }

  /** Whether a folder is there and has a file of that name, or one about to be replaced. */
  static boolean has(Storage storage, String folder, String file) throws IOException {
    return list(storage, folder).stream()
        .anyMatch(entry -> entry.name().equals(file) || entry.name().equals(file + FRESH));
  }

  /** The last part of a path. */
  static String name(String path) {
    return path.substring(path.lastIndexOf('/') + 1);
  }

  /** Now, where this machine is. */
  static ZonedDateTime now() {
    return ZonedDateTime.now(ZoneId.systemDefault()).truncatedTo(ChronoUnit.SECONDS);
  }

  /** Writes a new file. */
  static void write(Storage storage, String path, byte[] bytes) throws IOException {
    try (OutputStream out = storage.create(path)) {
      out.write(bytes);
    }
  }

  private static boolean free(Storage storage, String folder) throws IOException {
    return list(storage, folder).isEmpty();
  }

  static ConfigException unwritable(String folder, IOException e) {
    ConfigException exception =
        new ConfigException(
            "--out: "
                + HadoopStorage.qualified(folder)
                + " cannot be written ("
                + e.getClass().getSimpleName()
                + ": "
                + e.getMessage()
                + "); give another folder with --out");
    exception.initCause(e);
    return exception;
  }
}
