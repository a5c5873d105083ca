package io.kiln.nn.io;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;

/**
 * The five things Kiln asks of a file system. Paths are texts the implementation understands: a
 * local path, or any URI of a Hadoop file system. Implementations are thread-safe.
 */
public interface Storage {
  /** One file or folder; the name is the last part of its path. */
  record Entry(String name, long length, boolean folder) {}

  /**
   * Opens a new file for writing and makes its parent folders.
   *
   * @throws java.nio.file.FileAlreadyExistsException if it exists: nothing is ever overwritten
   */
  OutputStream create(String path) throws IOException;

  /**
   * Opens a file for reading.
   *
   * @throws java.nio.file.NoSuchFileException if it does not exist
   */
  InputStream open(String path) throws IOException;

  /**
   * Gives a file or folder another name.
   *
   * @throws IOException if the target exists or the file system refuses: no file is ever replaced
   */
  void rename(String from, String to) throws IOException;

  /**
   * What is in a folder, sorted by name; of a file, that file alone.
   *
   * @throws java.nio.file.NoSuchFileException if it does not exist
   */
  List<Entry> list(String path) throws IOException;

  /** Removes a file, or a folder with all in it; nothing happens if it does not exist. */
  void delete(String path) throws IOException;
}
