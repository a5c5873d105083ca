package io.kiln.nn.data;

import io.kiln.nn.io.FormatException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;

/** Looks at the chunks of a PNG file, whose check sums Java does not compare. */
final class PngChunks {
  private static final int SIGNATURE = 8;

  private PngChunks() {}

  /**
   * The orientation of its EXIF chunk, 1 if it has none.
   *
   * @throws FormatException if a chunk of the image is damaged or cut off
   */
  static int orientation(String path, byte[] file) throws FormatException {
    ByteBuffer bytes = ByteBuffer.wrap(file);
    int orientation = 1;
    int at = SIGNATURE;
    while (at + 12 <= file.length) {
      long length = bytes.getInt(at) & 0xffffffffL;
      String type = new String(file, at + 4, 4, StandardCharsets.ISO_8859_1);
      if (type.equals("IEND")) {
        break;
      }
      if (at + 12 + length > file.length) {
        throw new FormatException(
            path,
            file.length,
            "the file ends in the midst of the image; it is truncated, fetch it again or remove"
                + " it");
      }
      int count = (int) length;
      CRC32 sum = new CRC32();
      sum.update(file, at + 4, count + 4);
      boolean whole = (int) sum.getValue() == bytes.getInt(at + 8 + count);
      if (!whole && Character.isUpperCase(type.charAt(0))) {
        throw new FormatException(
            path, at, "the check sum of " + type + " is wrong; fetch the file again or remove it");
      }
      if (whole && type.equals("eXIf")) {
        orientation = Exif.orientation(file, at + 8, at + 8 + count);
      }
      at += 12 + count;
    }
    return orientation;
  }
}
