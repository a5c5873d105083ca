package io.kiln.spark.store;

import io.kiln.nn.io.LocalStorage;
import io.kiln.nn.io.Storage;
import java.io.File;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.Serializable;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileContext;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Options;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.UnsupportedFileSystemException;
import org.apache.hadoop.ipc.RemoteException;
import org.apache.hadoop.security.AccessControlException;
import org.apache.spark.util.SerializableConfiguration;

/**
 * {@link Storage} on any Hadoop file system: {@code hdfs:}, {@code s3a:}, {@code file:} and what
 * else the configuration knows.
 *
 * <p>A path without a scheme is a path of this machine, even where {@code fs.defaultFS} is a
 * cluster: it is what people type. A scheme is what stands before {@code :/}. Nothing is
 * percent-decoded. Local files do not go through Hadoop: no {@code .crc} side files, no process
 * started to set permissions, and bytes are forced to disk. Thread-safe; may be sent to executors
 * in a task closure.
 */
public final class HadoopStorage implements Storage, Serializable {
  private static final long serialVersionUID = 1L;
  private static final Pattern SCHEME = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]*:/.*");

  private static final LocalStorage LOCAL = new LocalStorage();

  private final SerializableConfiguration configuration;

  /** Storage with that Hadoop configuration, e.g. {@code sparkContext.hadoopConfiguration()}. */
  public HadoopStorage(Configuration configuration) {
    this.configuration = new SerializableConfiguration(configuration);
  }

  /** Storage with the Hadoop configuration on the class path. */
  public HadoopStorage() {
    this(new Configuration());
  }

  /** Hadoop's settings, for libraries that ask for them. */
  public Configuration configuration() {
    return configuration.value();
  }

  @Override
  public OutputStream create(String path) throws IOException {
    if (local(path)) {
      return LOCAL.create(localName(path));
    }
    return translated(path, () -> system(path).create(new Path(path), false));
  }

  @Override
  public InputStream open(String path) throws IOException {
    if (local(path)) {
      return LOCAL.open(localName(path));
    }
    return translated(path, () -> system(path).open(new Path(path)));
  }

  @Override
  public void rename(String from, String to) throws IOException {
    if (local(from) && local(to)) {
      LOCAL.rename(localName(from), localName(to));
      return;
    }
    translated(
        from,
        () -> {
          FileSystem system = system(from);
          Path source = new Path(from);
          Path target = new Path(to);
          system.getFileStatus(source);
          if (system.exists(target)) {
            throw new FileAlreadyExistsException(to);
          }
          Path parent = target.getParent();
          if (parent != null) {
            system.mkdirs(parent);
          }
          // HDFS refuses with false, not with an exception.
          if (!system.rename(source, target)) {
            throw new IOException(
                from + ": the file system refused to rename it to " + to + "; see its log");
          }
          return to;
        });
  }

  /**
   * Gives a file the name of another file and removes that one; in one step where the file system
   * can (local disk, HDFS). For files that are written again and again, such as a status.
   */
  public void replace(String from, String to) throws IOException {
    if (local(from) && local(to)) {
      Files.move(
          java.nio.file.Path.of(localName(from)),
          java.nio.file.Path.of(localName(to)),
          StandardCopyOption.ATOMIC_MOVE,
          StandardCopyOption.REPLACE_EXISTING);
      return;
    }
    translated(
        from,
        () -> {
          Path source = new Path(from);
          try {
            FileContext.getFileContext(source.toUri(), configuration.value())
                .rename(source, new Path(to), Options.Rename.OVERWRITE);
          } catch (UnsupportedFileSystemException e) {
            delete(to);
            rename(from, to);
          }
          return to;
        });
  }

  @Override
  public List<Entry> list(String path) throws IOException {
    if (local(path)) {
      return LOCAL.list(localName(path));
    }
    return translated(
        path,
        () -> {
          List<Entry> entries = new ArrayList<>();
          for (FileStatus status : system(path).listStatus(new Path(path))) {
            entries.add(
                new Entry(status.getPath().getName(), status.getLen(), status.isDirectory()));
          }
          entries.sort(Comparator.comparing(Entry::name));
          return entries;
        });
  }

  @Override
  public void delete(String path) throws IOException {
    if (local(path)) {
      LOCAL.delete(localName(path));
      return;
    }
    translated(
        path,
        () -> {
          FileSystem system = system(path);
          Path file = new Path(path);
          if (!system.delete(file, true) && system.exists(file)) {
            throw new IOException(path + ": the file system refused to delete it; see its log");
          }
          return path;
        });
  }

  /**
   * The path in full, which means the same in every JVM of this machine: a plain path from the
   * root, or the URI as it came.
   */
  public static String qualified(String path) {
    return local(path) ? new File(localName(path)).getAbsolutePath() : path;
  }

  /**
   * The place as Spark is to be told it: a plain path is one of this machine there too, whatever
   * {@code fs.defaultFS} is.
   */
  public static String uri(String path) {
    return local(path) ? "file:" + new File(localName(path)).getAbsolutePath() : path;
  }

  /** Whether the path stands for itself, wherever this JVM was started. */
  public static boolean absolute(String path) {
    return !local(path) || new File(localName(path)).isAbsolute();
  }

  private static boolean local(String path) {
    return !SCHEME.matcher(path).matches() || path.startsWith("file:/");
  }

  /** The path without its scheme and, in {@code file://host/…}, without its host. */
  private static String localName(String path) {
    if (path.isEmpty()) {
      throw new IllegalArgumentException("path: an empty text came but a path is needed");
    }
    if (!SCHEME.matcher(path).matches()) {
      return path;
    }
    String rest = path.substring("file:".length());
    if (rest.startsWith("//")) {
      int root = rest.indexOf('/', 2);
      return root < 0 ? "/" : rest.substring(root);
    }
    return rest;
  }

  private FileSystem system(String path) throws IOException {
    return new Path(path).getFileSystem(configuration.value());
  }

  private interface Call<T> {
    T run() throws IOException;
  }

  /** Runs a call and gives Hadoop's exceptions the names java.nio has for them. */
  private static <T> T translated(String path, Call<T> call) throws IOException {
    try {
      return call.run();
    } catch (RemoteException e) {
      throw named(path, e.unwrapRemoteException());
    } catch (IOException e) {
      throw named(path, e);
    }
  }

  private static IOException named(String path, IOException e) {
    IOException named = e;
    if (e instanceof FileNotFoundException) {
      named = new NoSuchFileException(path);
    } else if (e instanceof org.apache.hadoop.fs.FileAlreadyExistsException) {
      named = new FileAlreadyExistsException(path);
    } else if (e instanceof AccessControlException) {
      named = new AccessDeniedException(path, null, e.getMessage());
    } else {
      return e;
    }
    named.initCause(e);
    return named;
  }
}
