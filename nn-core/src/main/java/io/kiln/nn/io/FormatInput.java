package io.kiln.nn.io;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.List;

/**
 * Reads a binary file whose sizes stand in its own header, without trusting them: what is missing,
 * damaged or too much becomes a {@link FormatException} with the byte offset.
 *
 * <p>A gzip or bzip2 file is recognised by its first bytes and unpacked; offsets then count
 * unpacked bytes, but where the packed data themselves are damaged, packed ones. Not thread-safe.
 */
public final class FormatInput implements Closeable {
  private static final int CHUNK = 1 << 20;

  private final String path;
  private final InputStream in;
  private final long limit;
  private final boolean packed;
  private long offset;

  private FormatInput(String path, InputStream in, long limit, boolean packed) {
    this.path = path;
    this.in = in;
    this.limit = limit;
    this.packed = packed;
  }

  /** Opens a file; one packed by gzip or bzip2 is unpacked. */
  public static FormatInput open(Storage storage, String path) throws IOException {
    long length = length(storage, path);
    InputStream raw = storage.open(path);
    try {
      Unpacked unpacked = Unpacked.of(path, raw, length);
      return new FormatInput(path, unpacked.stream(), unpacked.most(), unpacked.packed());
    } catch (IOException e) {
      raw.close();
      throw e;
    }
  }

  /** Opens a file as it is; whatever is read is also fed to the digest. */
  public static FormatInput openPlain(Storage storage, String path, MessageDigest digest)
      throws IOException {
    long length = length(storage, path);
    InputStream in = new DigestInputStream(storage.open(path), digest);
    return new FormatInput(path, in, length, false);
  }

  /** Opens a file as it is. */
  public static FormatInput openPlain(Storage storage, String path) throws IOException {
    long length = length(storage, path);
    return new FormatInput(path, storage.open(path), length, false);
  }

  /** Opens a file so that {@link #skip} does not read what is skipped, unless it is packed. */
  public static FormatInput openSkipping(Storage storage, String path) throws IOException {
    FormatInput plain = openPlain(storage, path);
    try {
      byte[] magic = plain.in.readNBytes(Unpacked.MAGIC);
      plain.close();
      return Unpacked.packed(magic) ? open(storage, path) : openPlain(storage, path);
    } catch (IOException e) {
      plain.close();
      throw e;
    }
  }

  private static long length(Storage storage, String path) throws IOException {
    List<Storage.Entry> entries = storage.list(path);
    if (entries.size() != 1
        || entries.get(0).folder()
        || !entries.get(0).name().equals(Locations.name(path))) {
      throw new FormatException(path, -1, "it is a folder but a file is needed");
    }
    return entries.get(0).length();
  }

  /** The file. */
  public String path() {
    return path;
  }

  /** Number of bytes read so far. */
  public long offset() {
    return offset;
  }

  /** Number of bytes that may still come: exact, but of a packed file the most it can hold. */
  public long left() {
    return Math.max(0, limit - offset);
  }

  /** An error at an offset. */
  public FormatException wrong(long at, String message) {
    return new FormatException(path, at, message);
  }

  /** A big-endian number of 32 bits. */
  public int bigEndianInt(String what) throws IOException {
    byte[] b = new byte[4];
    fill(b, 0, 4, what);
    return (b[0] & 0xff) << 24 | (b[1] & 0xff) << 16 | (b[2] & 0xff) << 8 | (b[3] & 0xff);
  }

  /** A little-endian number of 64 bits. */
  public long littleEndianLong(String what) throws IOException {
    byte[] b = new byte[8];
    fill(b, 0, 8, what);
    return ByteBuffer.wrap(b).order(ByteOrder.LITTLE_ENDIAN).getLong();
  }

  /**
   * So many bytes. The file must be able to hold them before memory is asked for, and memory never
   * grows past twice what was really there.
   */
  public byte[] bytes(long count, String what) throws IOException {
    require(count, what);
    if (count > Integer.MAX_VALUE - 8) {
      throw wrong(offset, what + " needs " + count + " bytes; at most 2147483639 can be held");
    }
    int size = (int) count;
    byte[] bytes = new byte[packed ? Math.min(size, CHUNK) : size];
    int filled = 0;
    while (true) {
      fill(bytes, filled, bytes.length - filled, what);
      filled = bytes.length;
      if (filled == size) {
        return bytes;
      }
      bytes = Arrays.copyOf(bytes, (int) Math.min(size, 2L * filled));
    }
  }

  /** Passes over so many bytes. */
  public void skip(long count, String what) throws IOException {
    require(count, what);
    if (packed) {
      byte[] room = new byte[(int) Math.min(count, CHUNK)];
      for (long left = count; left > 0; left -= room.length) {
        fill(room, 0, (int) Math.min(left, room.length), what);
      }
      return;
    }
    try {
      in.skipNBytes(count);
    } catch (EOFException e) {
      throw wrong(
          offset, "the file ends but " + what + " needs more; it was cut off, fetch it again");
    }
    offset += count;
  }

  /**
   * Checks that the file is long enough for so many bytes more.
   *
   * @param what needs them
   */
  public void require(long count, String what) throws IOException {
    if (count > left()) {
      throw wrong(
          offset,
          what
              + " needs "
              + count
              + " bytes but "
              + (packed ? "at most " : "")
              + left()
              + " are left; the file is truncated or its header is damaged");
    }
  }

  /** What is left as a stream; its errors are those of this input, and closing it closes this. */
  public InputStream stream() {
    return new InputStream() {
      @Override
      public int read() throws IOException {
        byte[] one = new byte[1];
        return FormatInput.this.read(one, 0, 1) == 0 ? -1 : one[0] & 0xff;
      }

      @Override
      public int read(byte[] bytes, int from, int count) throws IOException {
        int read = FormatInput.this.read(bytes, from, count);
        return read == 0 && count > 0 ? -1 : read;
      }

      @Override
      public void close() throws IOException {
        FormatInput.this.close();
      }
    };
  }

  /** Checks that nothing is left (and, of a gzip file, that its checksum is right). */
  public void end() throws IOException {
    byte[] one = new byte[1];
    if (read(one, 0, 1) != 0) {
      throw wrong(
          offset - 1,
          "bytes follow after the end that its header declares; it is damaged or another file");
    }
  }

  @Override
  public void close() throws IOException {
    in.close();
  }

  /** Fills a part of an array. */
  public void fill(byte[] bytes, int from, int count, String what) throws IOException {
    int read = read(bytes, from, count);
    if (read < count) {
      throw wrong(
          offset,
          "the file ends but "
              + what
              + " needs "
              + (count - read)
              + " more bytes; it is truncated, fetch it again");
    }
  }

  private int read(byte[] bytes, int from, int count) throws IOException {
    int read = 0;
    while (read < count) {
      int n = in.read(bytes, from + read, count - read);
      if (n < 0) {
        break;
      }
      read += n;
      offset += n;
    }
    return read;
  }
}
