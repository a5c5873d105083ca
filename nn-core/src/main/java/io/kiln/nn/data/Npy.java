package io.kiln.nn.data;

import io.kiln.nn.io.FormatInput;
import io.kiln.nn.io.Storage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An array of NumPy's format .npy, versions 1 to 3, plain or packed: numbers of any kind but
 * complex ones, in the order of C. Objects are refused: they are pickles, which can run code.
 *
 * @param path of its file
 * @param shape its sizes; the first is the number of rows
 * @param bytes its numbers
 * @param type kind and width of a number: f8, i4, u1, b1, …
 */
record Npy(String path, List<Integer> shape, ByteBuffer bytes, String type) {
  private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
  private static final Pattern DESCR = Pattern.compile("'descr':\\s*'([^']*)'");
  private static final Pattern FORTRAN = Pattern.compile("'fortran_order':\\s*(True|False)");
  private static final Pattern SHAPE = Pattern.compile("'shape':\\s*\\(([0-9, ]*)\\)");
  private static final Pattern TYPE = Pattern.compile("[<>|=](b1|[iu][1248]|f[48])");
  private static final int MOST_HEADER = 1 << 16;

  /**
   * Reads a file and feeds its numbers to a digest.
   *
   * @throws io.kiln.nn.io.FormatException if it is no such array, or is truncated or too long
   */
  static Npy read(Storage storage, String path, MessageDigest digest) throws IOException {
    try (FormatInput in = FormatInput.open(storage, path)) {
      byte[] start = in.bytes(MAGIC.length + 2, "the magic number");
      for (int i = 0; i < MAGIC.length; i++) {
        if (start[i] != MAGIC[i]) {
          throw in.wrong(0, "it is not an array of NumPy; save one with numpy.save");
        }
      }
      int version = start[MAGIC.length];
      if (version < 1 || version > 3) {
        throw in.wrong(MAGIC.length, "version " + version + " came but 1 to 3 are known");
      }
      long length = 0;
      byte[] size = in.bytes(version == 1 ? 2 : 4, "the header's length");
      for (int i = size.length - 1; i >= 0; i--) {
        length = length << 8 | (size[i] & 0xff);
      }
      if (length > MOST_HEADER) {
        throw in.wrong(8, "a header of " + length + " bytes came; the most is " + MOST_HEADER);
      }
      String header = new String(in.bytes(length, "the header"), StandardCharsets.UTF_8);
      String type = type(in, header);
      List<Integer> shape = shape(in, header);
      long count = 1;
      for (int axis : shape) {
        count = Math.multiplyExact(count, (long) axis);
      }
      int width = type.charAt(2) - '0';
      byte[] numbers =
          in.bytes(Math.multiplyExact(count, (long) width), count + " numbers of type " + type);
      in.end();
      digest.update(header.getBytes(StandardCharsets.UTF_8));
      digest.update(numbers);
      ByteOrder order = type.charAt(0) == '>' ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
      return new Npy(path, shape, ByteBuffer.wrap(numbers).order(order), type.substring(1));
    } catch (ArithmeticException e) {
      throw new io.kiln.nn.io.FormatException(
          path, -1, "its shape has more numbers than can be held; the header is damaged");
    }
  }

  private static String type(FormatInput in, String header) throws IOException {
    Matcher type = DESCR.matcher(header);
    Matcher order = FORTRAN.matcher(header);
    if (!type.find() || !order.find()) {
      throw in.wrong(10, "its header does not say type and order; save it with numpy.save");
    }
    if (!TYPE.matcher(type.group(1)).matches()) {
      throw in.wrong(
          10,
          "numbers of type '"
              + type.group(1)
              + "' came but float32, float64, whole numbers or switches are needed; convert it with"
              + " astype");
    }
    if (order.group(1).equals("True")) {
      throw in.wrong(10, "it is in the order of Fortran; save numpy.ascontiguousarray of it");
    }
    return type.group(1);
  }

  private static List<Integer> shape(FormatInput in, String header) throws IOException {
    Matcher shape = SHAPE.matcher(header);
    if (!shape.find()) {
      throw in.wrong(10, "its header does not say its shape; save it with numpy.save");
    }
    List<Integer> sizes = new ArrayList<>();
    for (String size : shape.group(1).split(",")) {
      if (!size.isBlank()) {
        try {
          sizes.add(Integer.parseInt(size.trim()));
        } catch (NumberFormatException e) {
          throw in.wrong(10, "size " + size.trim() + " is more than can be held");
        }
      }
    }
    if (sizes.isEmpty() || sizes.contains(0)) {
      throw in.wrong(10, "its shape is " + sizes + " but at least one row is needed");
    }
    return List.copyOf(sizes);
  }

  /** Number of rows. */
  int rows() {
    return shape.get(0);
  }

  /** Numbers of a row. */
  int width() {
    return shape.stream().skip(1).reduce(1, Math::multiplyExact);
  }

  /** One number of a row. */
  double get(int row, int column) {
    int at = row * width() + column;
    return switch (type) {
      case "b1", "u1" -> bytes.get(at) & 0xff;
      case "i1" -> bytes.get(at);
      case "i2" -> bytes.getShort(2 * at);
      case "u2" -> bytes.getShort(2 * at) & 0xffff;
      case "i4" -> bytes.getInt(4 * at);
      case "u4" -> bytes.getInt(4 * at) & 0xffffffffL;
      case "f4" -> bytes.getFloat(4 * at);
      case "f8" -> bytes.getDouble(8 * at);
      case "i8" -> bytes.getLong(8 * at);
      default -> unsigned(bytes.getLong(8 * at));
    };
  }

  private static double unsigned(long bits) {
    return bits >= 0 ? bits : (bits >>> 1 | (bits & 1)) * 2.0;
  }
}
