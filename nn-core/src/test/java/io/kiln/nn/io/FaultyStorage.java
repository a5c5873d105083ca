package io.kiln.nn.io;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;

/** A storage that goes wrong in a chosen way at a chosen byte or call. */
public final class FaultyStorage implements Storage {
  /** What goes wrong. */
  public enum Fault {
    /** Nothing. */
    NONE,
    /** Writing fails at the byte: the disk is full. */
    FULL,
    /** Everything from the byte on is silently lost. */
    LOST,
    /** One bit of the byte is written wrong. */
    FLIPPED,
    /** Closing a written file fails. */
    CLOSE,
    /** Renaming fails. */
    RENAME,
    /** Opening fails. */
    OPEN
  }

  private final Storage storage;
  private Fault fault = Fault.NONE;
  private long at;

  /** A storage over another one, without faults so far. */
  public FaultyStorage(Storage storage) {
    this.storage = storage;
  }

  /** From now on this goes wrong, at that byte of a written file. */
  public void set(Fault fault, long at) {
    this.fault = fault;
    this.at = at;
  }

  @Override
  public OutputStream create(String path) throws IOException {
    return new Faulty(storage.create(path));
  }

  @Override
  public InputStream open(String path) throws IOException {
    if (fault == Fault.OPEN) {
      throw new IOException(path + ": no block of it can be read");
    }
    return storage.open(path);
  }

  @Override
  public void rename(String from, String to) throws IOException {
    if (fault == Fault.RENAME) {
      throw new IOException(to + ": renaming failed");
    }
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

  private final class Faulty extends FilterOutputStream {
    private long written;

    Faulty(OutputStream out) {
      super(out);
    }

    @Override
    public void write(int b) throws IOException {
      long here = written++;
      if (fault == Fault.FULL && here >= at) {
        throw new IOException("No space left on device");
      }
      if (fault == Fault.LOST && here >= at) {
        return;
      }
      out.write(fault == Fault.FLIPPED && here == at ? b ^ 4 : b);
    }

    @Override
    public void close() throws IOException {
      out.close();
      if (fault == Fault.CLOSE) {
        throw new IOException("closing failed");
      }
    }
  }
}
