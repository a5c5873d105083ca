package io.kiln.nn.data;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Reads one number of EXIF: how the camera was held. (CIPA DC-008, 4.6.4, tag 0x0112.) */
final class Exif {
  private static final int ORIENTATION = 0x0112;
  private static final int SHORT = 3;

  private Exif() {}

  /**
   * The orientation in a block that begins with a TIFF header, or 1 if it does not say one.
   *
   * @param from where the block begins
   * @param to where it ends
   */
  static int orientation(byte[] file, int from, int to) {
    if (to - from < 8) {
      return 1;
    }
    ByteBuffer block = ByteBuffer.wrap(file, from, to - from).slice();
    int order = block.getShort(0);
    if (order != 0x4949 && order != 0x4d4d) {
      return 1;
    }
    block.order(order == 0x4949 ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
    long table = block.getInt(4) & 0xffffffffL;
    if (table + 2 > block.limit()) {
      return 1;
    }
    int at = (int) table + 2;
    for (int left = block.getShort((int) table) & 0xffff; left > 0; left--, at += 12) {
      if (at + 12 > block.limit()) {
        return 1;
      }
      if ((block.getShort(at) & 0xffff) == ORIENTATION && block.getShort(at + 2) == SHORT) {
        int orientation = block.getShort(at + 8) & 0xffff;
        return orientation >= 1 && orientation <= 8 ? orientation : 1;
      }
    }
    return 1;
  }
}
