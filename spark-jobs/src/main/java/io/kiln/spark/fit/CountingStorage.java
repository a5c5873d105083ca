package io.kiln.spark.fit;

import io.kiln.nn.io.Storage;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** Storage that counts the bytes read from it. */
final class CountingStorage implements Storage {
  private final Storage storage;
  private final AtomicLong bytes = new AtomicLong();

  CountingStorage(Storage storage) {
    this.storage = storage;
  }

  /** Bytes read so far. */
  long bytes() {
    return bytes.get();
  }

  @Override
  public InputStream open(String path) throws IOException {
    return new FilterInputStream(storage.open(path)) {
      @Override
      public int read() throws IOException {
        int read = super.read();
        bytes.addAndGet(read < 0 ? 0 : 1);
        return read;
      }

      @Override
      public int read(byte[] into, int offset, int length) throws IOException {
        int read = super.read(into, offset, length);
        bytes.addAndGet(Math.max(0, read));
        return read;
      }
    };
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
  public List<Entry> list(String path) throws IOException {
    return storage.list(path);
  }

  @Override
  public void delete(String path) throws IOException {
    storage.delete(path);
  }
}
