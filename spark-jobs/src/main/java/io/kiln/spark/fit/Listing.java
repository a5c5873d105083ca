package io.kiln.spark.fit;

import io.kiln.nn.io.Storage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/**
 * Storage whose folders are as they were when they were first listed. The driver's travels to the
 * workers, packed: they open the files that the driver has seen, and ask nobody for a list.
 */
final class Listing implements Storage {
  private static final int ABSENT = -1;

  private final Storage storage;
  private final String host;
  private final TreeMap<String, List<Entry>> folders = new TreeMap<>();
  private final TreeSet<String> absent = new TreeSet<>();

  /** A storage nobody has listed yet. */
  Listing(Storage storage) {
    this(storage, "");
  }

  private Listing(Storage storage, String host) {
    this.storage = storage;
    this.host = host;
  }

  /**
   * What another has listed.
   *
   * @param host of this JVM, for errors
   */
  static Listing of(byte[] packed, Storage storage, String host) throws IOException {
    Listing listing = new Listing(storage, host);
    try (DataInputStream in =
        new DataInputStream(new GZIPInputStream(new ByteArrayInputStream(packed)))) {
      for (int paths = in.readInt(); paths > 0; paths--) {
        String path = in.readUTF();
        int count = in.readInt();
        if (count == ABSENT) {
          listing.absent.add(path);
          continue;
        }
        List<Entry> entries = new ArrayList<>();
        for (int i = 0; i < count; i++) {
          entries.add(new Entry(in.readUTF(), in.readLong(), in.readBoolean()));
        }
        listing.folders.put(path, entries);
      }
    }
    return listing;
  }

  /** What was listed. */
  synchronized byte[] packed() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(new GZIPOutputStream(bytes))) {
      out.writeInt(folders.size() + absent.size());
      for (Map.Entry<String, List<Entry>> folder : folders.entrySet()) {
        out.writeUTF(folder.getKey());
        out.writeInt(folder.getValue().size());
        for (Entry entry : folder.getValue()) {
          out.writeUTF(entry.name());
          out.writeLong(entry.length());
          out.writeBoolean(entry.folder());
        }
      }
      for (String path : absent) {
        out.writeUTF(path);
        out.writeInt(ABSENT);
      }
    } catch (IOException e) {
      throw new IllegalStateException("listing: memory cannot be written", e);
    }
    return bytes.toByteArray();
  }

  @Override
  public synchronized List<Entry> list(String path) throws IOException {
    List<Entry> known = folders.get(path);
    if (known != null) {
      return known;
    }
    if (absent.contains(path)) {
      throw new NoSuchFileException(path);
    }
    try {
      List<Entry> entries = storage.list(path);
      folders.put(path, entries);
      return entries;
    } catch (NoSuchFileException e) {
      absent.add(path);
      throw e;
    }
  }

  @Override
  public InputStream open(String path) throws IOException {
    try {
      return storage.open(path);
    } catch (NoSuchFileException e) {
      throw host.isEmpty() ? e : missing(path, host);
    }
  }

  /** The error of a file that the driver sees and a worker does not. */
  static NoSuchFileException missing(String path, String host) {
    return new NoSuchFileException(
        "data: "
            + path
            + " is not to be seen on "
            + host
            + "; give a place that all machines see, or put the same files on each");
  }

  @Override
  public OutputStream create(String path) throws IOException {
    return storage.create(path);
  }

  @Override
  public void rename(String from, String to) throws IOException {
    storage.rename(from, to);
  }

  @Override
  public void delete(String path) throws IOException {
    storage.delete(path);
  }
}
