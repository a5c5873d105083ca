package io.kiln.spark.fit;

import io.kiln.nn.config.ConfigException;
import io.kiln.nn.io.Storage;
import io.kiln.spark.store.HadoopStorage;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A small file that the driver leaves in a folder while a fit goes on, to see whether workers see
 * the same folder.
 *
 * @param path of the file; empty if there is none
 */
record Sign(@Nullable HadoopStorage storage, String path) implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Sign.class);

  private static final String NAME = ".kiln-";

  /** Nothing to be seen. */
  static final Sign NONE = new Sign(null, "");

  /**
   * Leaves one.
   *
   * @throws ConfigException if the folder may not be written
   */
  static Sign in(HadoopStorage storage, String folder) throws IOException {
    String path = folder + "/" + NAME + UUID.randomUUID();
    try {
      Patience.DEFAULT.call(
          "writing to the folder of checkpoints",
          () -> {
            sweep(storage, folder);
            storage.create(path).close();
            return path;
          });
    } catch (AccessDeniedException e) {
      throw OutFolder.wrong(
          folder + " cannot be written (" + e.getMessage() + "); give another", e);
    }
    return new Sign(storage, path);
  }

  /** Removes those of drivers that were killed. */
  private static void sweep(HadoopStorage storage, String folder) throws IOException {
    try {
      for (Storage.Entry entry : storage.list(folder)) {
        if (entry.name().startsWith(NAME)) {
          storage.delete(folder + "/" + entry.name());
        }
      }
    } catch (NoSuchFileException e) {
      LOG.debug("{} is new", folder);
    }
  }

  @Override
  public void close() {
    try {
      if (storage != null) {
        storage.delete(path);
      }
    } catch (IOException e) {
      LOG.warn("{} stays behind: {}", path, e.toString());
    }
  }
}
