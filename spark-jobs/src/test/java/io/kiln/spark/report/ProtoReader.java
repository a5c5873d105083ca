package io.kiln.spark.report;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads a protocol buffer message without knowing what it is: values by field. */
final class ProtoReader {
  private final Map<Integer, List<Object>> fields = new LinkedHashMap<>();

  ProtoReader(byte[] message) {
    ByteBuffer bytes = ByteBuffer.wrap(message).order(ByteOrder.LITTLE_ENDIAN);
    while (bytes.hasRemaining()) {
      long key = varint(bytes);
      Object value =
          switch ((int) (key & 7)) {
            case 0 -> varint(bytes);
            case 1 -> bytes.getDouble();
            case 5 -> bytes.getFloat();
            case 2 -> {
              byte[] inner = new byte[(int) varint(bytes)];
              bytes.get(inner);
              yield inner;
            }
            default -> throw new AssertionError("wire type " + (key & 7));
          };
      fields.computeIfAbsent((int) (key >>> 3), none -> new ArrayList<>()).add(value);
    }
  }

  private static long varint(ByteBuffer bytes) {
    long value = 0;
    for (int shift = 0; ; shift += 7) {
      byte next = bytes.get();
      value |= (long) (next & 0x7f) << shift;
      if (next >= 0) {
        return value;
      }
    }
  }

  boolean has(int field) {
    return fields.containsKey(field);
  }

  List<Object> all(int field) {
    return fields.getOrDefault(field, List.of());
  }

  String text(int field) {
    return new String((byte[]) all(field).get(0), StandardCharsets.UTF_8);
  }

  ProtoReader message(int field) {
    return new ProtoReader((byte[]) all(field).get(0));
  }

  /** Packed numbers. */
  List<Double> numbers(int field) {
    ByteBuffer bytes = ByteBuffer.wrap((byte[]) all(field).get(0)).order(ByteOrder.LITTLE_ENDIAN);
    List<Double> numbers = new ArrayList<>();
    while (bytes.hasRemaining()) {
      numbers.add(bytes.getDouble());
    }
    return numbers;
  }
}
