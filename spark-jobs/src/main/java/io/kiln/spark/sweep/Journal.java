package io.kiln.spark.sweep;

import io.kiln.nn.io.Storage;
import io.kiln.spark.report.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.apache.hadoop.fs.StreamCapabilities;
import org.apache.hadoop.fs.Syncable;
import org.jspecify.annotations.Nullable;

/**
 * What happened in a sweep, in its order: all that {@code sweep.json} says is made of it, and a
 * sweep goes on from it. One JSON object a line, only ever appended; a line counts when its end is
 * there, so a driver that was killed in the midst of one leaves no half news.
 *
 * <p>Files cannot be opened again on every file system, so each driver writes a file of its own,
 * {@code journal-0001.jsonl} and so on. Where what is written is seen only when a file is closed
 * (object stores), every entry is one. Thread-safe.
 */
final class Journal implements AutoCloseable {
  private static final Pattern NAME = Pattern.compile("journal-([0-9]{4,9})\\.jsonl");

  /** Hadoop's name of it: what is flushed is seen by others. */
  private static final String HFLUSH = "hflush";

  private final Storage storage;
  private final String folder;
  private int next;
  private @Nullable OutputStream out;

  private Journal(Storage storage, String folder, int next) {
    this.storage = storage;
    this.folder = folder;
    this.next = next;
  }

  /** The journal of a folder, to which nothing has been added yet. */
  static Journal in(Storage storage, String folder) throws IOException {
    List<String> names = names(storage, folder);
    int last = 0;
    for (String name : names) {
      last = Math.max(last, Integer.parseInt(NAME.matcher(name).replaceFirst("$1")));
    }
    return new Journal(storage, folder, last + 1);
  }

  private static List<String> names(Storage storage, String folder) throws IOException {
    List<String> names = new ArrayList<>();
    for (Storage.Entry entry : storage.list(folder)) {
      if (NAME.matcher(entry.name()).matches()) {
        names.add(entry.name());
      }
    }
    names.sort(
        Comparator.comparingInt(name -> Integer.parseInt(NAME.matcher(name).replaceFirst("$1"))));
    return names;
  }

  /**
   * All that was written to a folder.
   *
   * @throws io.kiln.nn.io.FormatException if a whole line is no entry
   */
  static List<Entry> read(Storage storage, String folder) throws IOException {
    List<Entry> entries = new ArrayList<>();
    for (String name : names(storage, folder)) {
      String path = folder + "/" + name;
      byte[] bytes;
      try (InputStream in = storage.open(path)) {
        bytes = in.readAllBytes();
      }
      int from = 0;
      for (int at = 0; at < bytes.length; at++) {
        if (bytes[at] == '\n') {
          byte[] line = Arrays.copyOfRange(bytes, from, at);
          entries.add(Json.read(path, line, Entry.class));
          from = at + 1;
        }
      }
    }
    return entries;
  }

  /** Appends an entry; when this returns it is there. */
  synchronized void write(Entry entry) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    line.writeBytes(Json.line(entry));
    line.write('\n');
    OutputStream file = out;
    if (file == null) {
      file =
          storage.create(folder + "/" + String.format(Locale.ROOT, "journal-%04d.jsonl", next++));
      out = file;
    }
    boolean whole = false;
    try {
      file.write(line.toByteArray());
      file.flush();
      if (file instanceof Syncable shown
          && file instanceof StreamCapabilities can
          && can.hasCapability(HFLUSH)) {
        shown.hflush();
      } else if (file instanceof Syncable) {
        close();
      }
      whole = true;
    } finally {
      if (!whole) {
        out = null; // what is half written stays alone in its file
      }
    }
  }

  /** The text of an entry, for those who compare. */
  static String text(Entry entry) {
    return new String(Json.line(entry), StandardCharsets.UTF_8);
  }

  @Override
  public synchronized void close() throws IOException {
    OutputStream file = out;
    out = null;
    if (file != null) {
      file.close();
    }
  }
}
