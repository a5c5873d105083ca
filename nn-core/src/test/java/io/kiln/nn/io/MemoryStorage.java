package io.kiln.nn.io;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Files in memory; folders are what their names say. */
public final class MemoryStorage implements Storage {
  private final Map<String, byte[]> files = new TreeMap<>();

  /** Puts a file there, whether or not it exists. */
  public MemoryStorage with(String path, byte[] bytes) {
    files.put(path, bytes);
    return this;
  }

  @Override
  public OutputStream create(String path) throws IOException {
    if (files.putIfAbsent(path, new byte[0]) != null) {
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
    if (files.containsKey(to)) {
      throw new FileAlreadyExistsException(to);
    }
    files.put(to, file(from));
    files.remove(from);
  }

  @Override
  public List<Entry> list(String path) throws IOException {
    if (files.containsKey(path)) {
      return List.of(new Entry(Locations.name(path), file(path).length, false));
    }
    String prefix = path + "/";
    Map<String, Entry> entries = new TreeMap<>();
    for (Map.Entry<String, byte[]> file : files.entrySet()) {
      if (file.getKey().startsWith(prefix)) {
        String rest = file.getKey().substring(prefix.length());
        int slash = rest.indexOf('/');
        String name = slash < 0 ? rest : rest.substring(0, slash);
        entries.put(name, new Entry(name, slash < 0 ? file.getValue().length : 0, slash >= 0));
      }
    }
    if (entries.isEmpty()) {
      throw new NoSuchFileException(path);
    }
    return new ArrayList<>(entries.values());
  }

  @Override
  public void delete(String path) {
    files.keySet().removeIf(name -> name.equals(path) || name.startsWith(path + "/"));
  }

  private byte[] file(String path) throws IOException {
    byte[] bytes = files.get(path);
    if (bytes == null) {
      throw new NoSuchFileException(path);
    }
    return bytes;
  }
}
