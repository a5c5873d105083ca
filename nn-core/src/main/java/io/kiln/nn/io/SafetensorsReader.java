package io.kiln.nn.io;

import io.kiln.nn.tensor.DType;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.Tensor;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads a safetensors file from front to back. Order of calls: open, look at {@link #entries}, read
 * some of them in their order, close.
 *
 * <p>Opening checks, in this order: the header's length against the file, its cap of 16 MB, its
 * JSON (depth, duplicate keys, at most 10 000 tensors), every type and shape against its offsets,
 * and that the tensors tile the rest of the file. Only then is memory asked for. Not thread-safe.
 */
public final class SafetensorsReader implements Closeable {
  private static final int CHUNK = 1 << 16;

  private final FormatInput in;
  private final SafetensorsHeader header;
  private final long start;
  private final byte[] chunk = new byte[CHUNK];

  private SafetensorsReader(FormatInput in, SafetensorsHeader header) {
    this.in = in;
    this.header = header;
    this.start = in.offset();
  }

  /** Opens a file and checks its header. */
  public static SafetensorsReader open(Storage storage, String path) throws IOException {
    return over(FormatInput.openPlain(storage, path));
  }

  /** Opens a file and checks its header; whatever is read is also fed to the digest. */
  public static SafetensorsReader open(Storage storage, String path, MessageDigest digest)
      throws IOException {
    return over(FormatInput.openPlain(storage, path, digest));
  }

  /** Reads from an open input, which is closed with the reader, or now if the header is wrong. */
  static SafetensorsReader over(FormatInput in) throws IOException {
    try {
      return new SafetensorsReader(in, SafetensorsHeader.read(in));
    } catch (IOException | RuntimeException e) {
      in.close();
      throw e;
    }
  }

  /** The tensors in the order of their bytes. */
  public List<TensorEntry> entries() {
    return List.copyOf(header.entries());
  }

  /** The texts of the header. */
  public Map<String, String> metadata() {
    return Map.copyOf(header.metadata());
  }

  /** Reads one of the entries, which must not lie before one already read, in a given width. */
  public Tensor read(TensorEntry entry, DType dtype) throws IOException {
    Tensor tensor = Tensor.zeros(entry.shape(), dtype);
    readInto(entry, tensor);
    return tensor;
  }

  /** Reads one of the entries into a tensor of the same count, such as a slice of parameters. */
  public void readInto(TensorEntry entry, Tensor tensor) throws IOException {
    if (tensor.count() != entry.shape().count()) {
      throw in.wrong(
          start + entry.begin(),
          entry.name()
              + " is "
              + entry.shape()
              + " in the file but "
              + tensor.shape()
              + " is needed; it is of another model");
    }
    if (start + entry.begin() < in.offset()) {
      throw new IllegalArgumentException(
          "safetensors: " + entry.name() + " lies behind; read entries in their order");
    }
    skip(start + entry.begin() - in.offset());
    int most = CHUNK / entry.type().bytes();
    for (int at = 0; at < tensor.count(); at += most) {
      int count = Math.min(most, tensor.count() - at);
      in.fill(chunk, 0, count * entry.type().bytes(), entry.name());
      ByteBuffer buffer = ByteBuffer.wrap(chunk).order(ByteOrder.LITTLE_ENDIAN);
      entry.type().decode(buffer, tensor, at, count);
    }
  }

  /**
   * Reads weights: like {@link #readInto}, but every number must be finite.
   *
   * @throws FormatException with the tensor and the byte of the first that is not
   */
  public void readFinite(TensorEntry entry, Tensor tensor) throws IOException {
    readInto(entry, tensor);
    checkFinite(entry, tensor);
  }

  private void checkFinite(TensorEntry entry, Tensor tensor) throws FormatException {
    FormatException wrong = nonFinite(entry, tensor, 0);
    if (wrong != null) {
      throw wrong;
    }
  }

  /** What is wrong with a piece of an entry that begins at an element; null if all is finite. */
  @Nullable FormatException nonFinite(TensorEntry entry, Tensor piece, long first) {
    for (int i = 0; i < piece.count(); i++) {
      if (!Double.isFinite(piece.get(i))) {
        return in.wrong(
            start + entry.begin() + (first + i) * entry.type().bytes(),
            "'"
                + entry.name()
                + "' holds "
                + piece.get(i)
                + " but only finite numbers can be used; it is of a training that diverged, take"
                + " another file");
      }
    }
    return null;
  }

  /** Likewise of a whole entry, which is read over and not kept. */
  @Nullable FormatException nonFinite(TensorEntry entry) throws IOException {
    skip(start + entry.begin() - in.offset());
    int most = CHUNK / entry.type().bytes();
    Tensor piece = Tensor.zeros(Shape.of(most), entry.type().width());
    FormatException wrong = null;
    long all = entry.shape().count();
    for (long at = 0; at < all; at += most) {
      int count = (int) Math.min(most, all - at);
      in.fill(chunk, 0, count * entry.type().bytes(), entry.name());
      ByteBuffer buffer = ByteBuffer.wrap(chunk).order(ByteOrder.LITTLE_ENDIAN);
      entry.type().decode(buffer, piece, 0, count);
      wrong = wrong == null ? nonFinite(entry, piece.slice(0, Shape.of(count)), at) : wrong;
    }
    return wrong;
  }

  /** Passes over what is left, so that a digest has seen the whole file. */
  public void skipRest() throws IOException {
    skip(in.left());
  }

  private void skip(long count) throws IOException {
    for (long left = count; left > 0; left -= CHUNK) {
      in.fill(chunk, 0, (int) Math.min(CHUNK, left), "a tensor that is passed over");
    }
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
