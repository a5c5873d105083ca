package io.kiln.spark.fit;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The file that pieces of weights come to on the driver. Order of calls: {@link #add} as they come,
 * {@link #take} at a good end, {@link #close} at any.
 */
final class ArrivedWeights implements AutoCloseable {
  private @Nullable Path file;
  private @Nullable OutputStream out;
  private boolean taken;

  void add(byte[] piece) throws IOException {
    if (out == null) {
      file = Files.createTempFile("kiln-weights-", ".safetensors");
      out = Files.newOutputStream(file);
    }
    out.write(piece);
  }

  /** The whole file, which is the caller's from here on; null if nothing came. */
  @Nullable Path take() throws IOException {
    if (out != null) {
      out.close();
    }
    taken = true;
    return file;
  }

  @Override
  public void close() throws IOException {
    if (out != null) {
      out.close();
    }
    if (file != null && !taken) {
      Files.deleteIfExists(file);
    }
  }
}
