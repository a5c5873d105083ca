package io.kiln.nn.io;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The file system of this machine. Paths are plain paths or {@code file:} URIs.
 *
 * <p>A written file is forced to disk when it is closed.
 */
public final class LocalStorage implements Storage {
  @Override
  public OutputStream create(String path) throws IOException {
    Path file = path(path);
    Path parent = file.getParent();
    if (parent != null) {
      Files.createDirectories(parent);
    }
    FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    return new BufferedOutputStream(new Forced(channel), 1 << 16);
  }

  @Override
  public InputStream open(String path) throws IOException {
    Path file = path(path);
    if (Files.isDirectory(file)) {
      throw new IOException(path + ": it is a folder but a file is needed; name a file in it");
    }
    return new BufferedInputStream(Files.newInputStream(file), 1 << 16);
  }

  @Override
  public void rename(String from, String to) throws IOException {
    Path target = path(to);
    if (Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
      throw new FileAlreadyExistsException(to);
    }
    Path parent = target.getParent();
    if (parent != null) {
      Files.createDirectories(parent);
    }
    Files.move(path(from), target);
  }

  @Override
  public List<Entry> list(String path) throws IOException {
    Path place = path(path);
    BasicFileAttributes attributes = attributes(place);
    if (attributes == null) {
      throw new NoSuchFileException(path);
    }
    if (!attributes.isDirectory()) {
      return List.of(entry(place, attributes));
    }
    List<Entry> entries = new ArrayList<>();
    try (Stream<Path> children = Files.list(place)) {
      for (Path child : (Iterable<Path>) children::iterator) {
        BasicFileAttributes its = attributes(child);
        if (its != null) {
          entries.add(entry(child, its));
        }
      }
    }
    entries.sort(Comparator.comparing(Entry::name));
    return entries;
  }

  @Override
  public void delete(String path) throws IOException {
    Path place = path(path);
    if (!Files.exists(place, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    Files.walkFileTree(
        place,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.deleteIfExists(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException trouble)
              throws IOException {
            if (trouble != null) {
              throw trouble;
            }
            Files.deleteIfExists(folder);
            return FileVisitResult.CONTINUE;
          }
        });
  }

  /** Null if the file is not there (any more), or is a link to nowhere. */
  private static @Nullable BasicFileAttributes attributes(Path place) throws IOException {
    try {
      return Files.readAttributes(place, BasicFileAttributes.class);
    } catch (NoSuchFileException e) {
      return null;
    }
  }

  private static Entry entry(Path place, BasicFileAttributes attributes) {
    Path name = place.getFileName();
    boolean folder = attributes.isDirectory();
    return new Entry(name == null ? "" : name.toString(), folder ? 0 : attributes.size(), folder);
  }

  private static Path path(String path) {
    return path.startsWith("file:") ? Path.of(URI.create(path).getPath()) : Path.of(path);
  }

  /** Forces the bytes to disk before closing, so that a name is only given to what is there. */
  private static final class Forced extends FilterOutputStream {
    private final FileChannel channel;

    Forced(FileChannel channel) {
      super(Channels.newOutputStream(channel));
      this.channel = channel;
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      out.write(bytes, offset, length);
    }

    @Override
    public void close() throws IOException {
      if (channel.isOpen()) {
        channel.force(true);
      }
      super.close();
    }
  }
}
