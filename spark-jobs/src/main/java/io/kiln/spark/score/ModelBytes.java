package io.kiln.spark.score;

import io.kiln.nn.io.Storage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Files of one folder in memory, and all of them as one array: count, then name and bytes each. */
final class ModelBytes implements Storage {
  private final Map<String, byte[]> files = new TreeMap<>();

  /** The files that {@link #pack} packed. */
  static ModelBytes of(byte[] packed) {
    ModelBytes folder = new ModelBytes();
    ByteBuffer bytes = ByteBuffer.wrap(packed);
    int count = bytes.getInt();
    for (int i = 0; i < count; i++) {
      byte[] name = new byte[bytes.getInt()];
      bytes.get(name);
      byte[] content = new byte[bytes.getInt()];
      bytes.get(content);
      folder.files.put(new String(name, StandardCharsets.UTF_8), content);
    }
    return folder;
  }

  /**
   * All files as one array.
   *
   * @throws IOException if that would be longer than an array can be
   */
  byte[] pack() throws IOException {
    long size = Integer.BYTES;
    for (Map.Entry<String, byte[]> file : files.entrySet()) {
      size += 2L * Integer.BYTES + name(file.getKey()).length + file.getValue().length;
    }
    if (size > Integer.MAX_VALUE) {
      throw new IOException(
          "model: it has "
              + size
              + " bytes but 2147483647 at most can be sent to executors; make layers smaller");
    }
    ByteBuffer packed = ByteBuffer.allocate((int) size).putInt(files.size());
    for (Map.Entry<String, byte[]> file : files.entrySet()) {
      byte[] name = name(file.getKey());
      packed.putInt(name.length).put(name);
      packed.putInt(file.getValue().length).put(file.getValue());
    }
    return packed.array();
  }

  private static byte[] name(String name) {
    return name.getBytes(StandardCharsets.UTF_8);
  }

  private byte[] file(String path) throws NoSuchFileException {
    byte[] content = files.get(path);
    if (content == null) {
      throw new NoSuchFileException(path);
    }
    return content;
  }

  @Override
  public OutputStream create(String path) throws IOException {
    if (files.containsKey(path)) {
      throw new FileAlreadyExistsException(path);
    }
    return new ByteArrayOutputStream() {
      @Override
      public void close() {
        files.put(path, toByteArray());
      }
    };
  }

  @Override
  public InputStream open(String path) throws IOException {
    return new ByteArrayInputStream(file(path));
  }

  @Override
  public void rename(String from, String to) throws IOException {
    byte[] content = file(from);
    if (files.putIfAbsent(to, content) != null) {
      throw new FileAlreadyExistsException(to);
    }
    files.remove(from);
  }

  @Override
  public List<Entry> list(String path) throws IOException {
    List<Entry> entries = new ArrayList<>();
    byte[] own = files.get(path);
    if (own != null) {
      entries.add(new Entry(path.substring(path.lastIndexOf('/') + 1), own.length, false));
    }
    files.forEach(
        (name, content) -> {
          if (name.startsWith(path + "/")) {
            entries.add(new Entry(name.substring(path.length() + 1), content.length, false));
          }
        });
    if (entries.isEmpty()) {
      throw new NoSuchFileException(path);
    }
    return entries;
  }

  @Override
  public void delete(String path) {
    files.keySet().removeIf(name -> name.equals(path) || name.startsWith(path + "/"));
  }
}
