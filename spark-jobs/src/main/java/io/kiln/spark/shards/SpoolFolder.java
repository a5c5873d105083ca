package io.kiln.spark.shards;

import io.kiln.nn.data.Spool;
import io.kiln.nn.data.SpoolForm;
import io.kiln.nn.data.SpoolWriter;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.spark.SparkEnv;
import org.jspecify.annotations.Nullable;

/**
 * The spools of one set in this JVM, in the local folders of its executor, which Spark empties when
 * the application ends. A later attempt, or another fit on the same rows, finds them here.
 */
final class SpoolFolder {
  /** Sets nobody uses that are kept for whoever comes next. */
  private static final int MOST_UNUSED = 2;

  private static final Map<String, SpoolFolder> FOLDERS = new LinkedHashMap<>(16, 0.75f, true);

  /** Writes a spool's rows. */
  interface Filler {
    void fill(SpoolWriter writer) throws IOException;
  }

  private final String id;
  private final Map<Integer, Spool> spools = new HashMap<>();
  private final Map<Integer, Object> locks = new HashMap<>();
  private int users;

  private SpoolFolder(String id) {
    this.id = id;
  }

  /** The folder of a set; give it back with {@link #release}. */
  static SpoolFolder lease(String id) {
    synchronized (FOLDERS) {
      SpoolFolder folder = FOLDERS.computeIfAbsent(id, SpoolFolder::new);
      folder.users++;
      return folder;
    }
  }

  /** Says that a user is done. */
  void release() throws IOException {
    synchronized (FOLDERS) {
      users--;
      long unused = FOLDERS.values().stream().filter(folder -> folder.users == 0).count();
      Iterator<SpoolFolder> eldest = FOLDERS.values().iterator();
      while (unused > MOST_UNUSED && eldest.hasNext()) {
        SpoolFolder folder = eldest.next();
        if (folder.users == 0) {
          folder.delete();
          eldest.remove();
          unused--;
        }
      }
    }
  }

  private synchronized void delete() throws IOException {
    for (Spool spool : spools.values()) {
      Files.deleteIfExists(spool.path());
    }
    spools.clear();
  }

  /** The spool of a partition, written if it is not there yet. */
  Spool spool(int partition, String name, SpoolForm form, Filler filler) throws IOException {
    Object lock;
    synchronized (this) {
      lock = locks.computeIfAbsent(partition, p -> new Object());
    }
    synchronized (lock) {
      Spool known = get(partition);
      if (known != null && Files.exists(known.path())) {
        return known;
      }
      Path path = place(partition, name);
      Files.deleteIfExists(path);
      try (SpoolWriter writer = new SpoolWriter(path, form)) {
        filler.fill(writer);
        writer.finish();
      }
      Spool written = Spool.open(path);
      synchronized (this) {
        spools.put(partition, written);
      }
      return written;
    }
  }

  private synchronized @Nullable Spool get(int partition) {
    return spools.get(partition);
  }

  /** Forgets a spool that proved damaged. */
  synchronized void forget(int partition) {
    spools.remove(partition);
  }

  private Path place(int partition, String name) throws IOException {
    File[] roots = SparkEnv.get().blockManager().diskBlockManager().localDirs();
    Path folder = roots[partition % roots.length].toPath().resolve("kiln-spool-" + id);
    return Files.createDirectories(folder).resolve(name);
  }
}
