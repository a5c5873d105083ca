package io.kiln.spark.score;

import io.kiln.nn.config.ConfigException;
import io.kiln.spark.store.HadoopStorage;
import java.io.Closeable;
import java.io.IOException;
import java.io.Serializable;
import java.net.InetAddress;
import java.nio.file.NoSuchFileException;

/**
 * A file of the driver's beside what tasks are to write: one that does not see it would write to a
 * disk of its own.
 */
record Marker(HadoopStorage storage, String file) implements Serializable, Closeable {
  /** Writes it. */
  static Marker of(HadoopStorage storage, String file) throws IOException {
    storage.create(file).close();
    return new Marker(storage, file);
  }

  /**
   * Called in a task.
   *
   * @throws ConfigException if the place is another one here
   */
  void check() throws IOException {
    try {
      storage.list(file);
    } catch (NoSuchFileException e) {
      ConfigException elsewhere =
          new ConfigException(
              "--out: "
                  + file.substring(0, file.lastIndexOf('/'))
                  + " of the driver is not to be seen on "
                  + InetAddress.getLocalHost().getHostName()
                  + ", so the parts that tasks write there would be lost; give a place that all"
                  + " machines see, e.g. --out hdfs:/scores/mine.parquet");
      elsewhere.initCause(e);
      throw elsewhere;
    }
  }

  @Override
  public void close() throws IOException {
    storage.delete(file);
  }
}
