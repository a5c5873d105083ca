package io.kiln.spark.report;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** A protocol buffer message in the making: fields by number, in the order they are added. */
final class Proto {
  private static final int VARINT = 0;
  private static final int FIXED64 = 1;
  private static final int BYTES = 2;
  private static final int FIXED32 = 5;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  Proto varint(int field, long value) {
    raw((long) field << 3 | VARINT);
    raw(value);
    return this;
  }

  Proto fixed32(int field, int value) {
    raw((long) field << 3 | FIXED32);
    little(value, Integer.BYTES);
    return this;
  }

  Proto fixed64(int field, long value) {
    raw((long) field << 3 | FIXED64);
    little(value, Long.BYTES);
    return this;
  }

  Proto number(int field, double value) {
    return fixed64(field, Double.doubleToLongBits(value));
  }

  /** Numbers one after another, as repeated fields have them. */
  Proto numbers(int field, double[] values) {
    byte[] packed = new byte[8 * values.length];
    ByteBuffer buffer = ByteBuffer.wrap(packed).order(ByteOrder.LITTLE_ENDIAN);
    for (double value : values) {
      buffer.putDouble(value);
    }
    return bytes(field, packed);
  }

  Proto text(int field, String value) {
    return bytes(field, value.getBytes(StandardCharsets.UTF_8));
  }

  Proto message(int field, Proto value) {
    return bytes(field, value.bytes());
  }

  Proto bytes(int field, byte[] value) {
    raw((long) field << 3 | BYTES);
    raw(value.length);
    out.writeBytes(value);
    return this;
  }

  byte[] bytes() {
    return out.toByteArray();
  }

  private void raw(long value) {
    long rest = value;
    while ((rest & ~0x7fL) != 0) {
      out.write((int) ((rest & 0x7f) | 0x80));
      rest >>>= 7;
    }
    out.write((int) rest);
  }

  /** The lowest bytes of a value, the least first. */
  private void little(long value, int bytes) {
    for (int i = 0; i < bytes; i++) {
      out.write((int) (value >>> (8 * i)));
    }
  }
}
