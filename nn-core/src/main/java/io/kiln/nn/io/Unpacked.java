package io.kiln.nn.io;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorInputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;
import org.apache.commons.compress.utils.InputStreamStatistics;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of a file that may be packed by gzip (RFC 1952) or bzip2, which its first bytes say. A
 * packed file may have several members; each must be whole, and nothing else may follow. (The JDK's
 * own gzip stream ends in silence where a second member is damaged.)
 *
 * @param stream the unpacked bytes; damage is a {@link FormatException} with the packed byte
 * @param most bytes that may come: exact, but of a packed file the most it can hold
 * @param packed whether it is packed
 */
record Unpacked(InputStream stream, long most, boolean packed) {
  /** No deflate stream unpacks to more than this many times its size. */
  private static final long MOST_GZIP_RATIO = 1032;

  private static final int BUFFER = 1 << 16;

  /** First bytes that say it. */
  static final int MAGIC = 4;

  /** Looks at the first bytes. */
  static Unpacked of(String path, InputStream file, long length) throws IOException {
    Raw raw = new Raw(file);
    BufferedInputStream in = new BufferedInputStream(raw, BUFFER);
    in.mark(MAGIC);
    byte[] magic = in.readNBytes(MAGIC);
    in.reset();
    if (isGzip(magic)) {
      Members gzip = new Members(path, "gzip", raw);
      gzip.open(
          () ->
              GzipCompressorInputStream.builder()
                  .setInputStream(in)
                  .setDecompressConcatenated(true)
                  .setOnMemberEnd(member -> gzip.whole = member.getCompressedCount())
                  .get());
      return new Unpacked(gzip, Math.multiplyExact(length, MOST_GZIP_RATIO), true);
    }
    if (isBzip2(magic)) {
      Members bzip2 = new Members(path, "bzip2", raw);
      bzip2.open(() -> new BZip2CompressorInputStream(in, true));
      return new Unpacked(bzip2, Long.MAX_VALUE, true);
    }
    return new Unpacked(in, length, false);
  }

  /** Whether a file with such first bytes is packed. */
  static boolean packed(byte[] magic) {
    return isGzip(magic) || isBzip2(magic);
  }

  private static boolean isGzip(byte[] magic) {
    return magic.length >= 2 && magic[0] == 0x1f && magic[1] == (byte) 0x8b;
  }

  private static boolean isBzip2(byte[] magic) {
    return magic.length == MAGIC
        && magic[0] == 'B'
        && magic[1] == 'Z'
        && magic[2] == 'h'
        && magic[3] >= '1'
        && magic[3] <= '9';
  }

  /** Makes the unpacking stream, which reads the first header. */
  private interface Opening {
    InputStream open() throws IOException;
  }

  /** The file itself; its own failures, as of a network, are no damage. */
  private static final class Raw extends FilterInputStream {
    private @Nullable IOException failure;

    Raw(InputStream file) {
      super(file);
    }

    @Override
    public int read(byte[] bytes, int from, int count) throws IOException {
      try {
        return super.read(bytes, from, count);
      } catch (IOException e) {
        failure = e;
        throw e;
      }
    }
  }

  /** Turns what an unpacking stream says into errors with a path and a place. */
  private static final class Members extends InputStream {
    private final String path;
    private final String format;
    private final Raw raw;
    private InputStream in = InputStream.nullInputStream();

    /** Packed bytes up to the end of the last member that was whole, if the format says so. */
    private long whole;

    Members(String path, String format, Raw raw) {
      this.path = path;
      this.format = format;
      this.raw = raw;
    }

    void open(Opening opening) throws IOException {
      try {
        in = opening.open();
      } catch (IOException e) {
        if (e == raw.failure) {
          throw e;
        }
        throw wrong(0, "header is damaged; fetch the file again");
      }
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int from, int count) throws IOException {
      try {
        return in.read(bytes, from, count);
      } catch (EOFException e) {
        throw wrong(place(), "data end too early; it is truncated, fetch it again");
      } catch (IOException | RuntimeException e) {
        if (e == raw.failure) {
          throw raw.failure;
        }
        String message = String.valueOf(e.getMessage());
        if (message.startsWith("Unexpected data after a valid")) {
          throw wrong(
              whole > 0 ? whole : place(), "data are followed by other bytes; fetch it again");
        }
        throw wrong(place(), "data are damaged (" + message + "); fetch it again");
      }
    }

    /** Packed bytes that were read. */
    private long place() {
      return in instanceof InputStreamStatistics counted ? counted.getCompressedCount() : -1;
    }

    private FormatException wrong(long at, String message) {
      return new FormatException(path, at, "its " + format + " " + message);
    }

    @Override
    public void close() throws IOException {
      in.close();
    }
  }
}
