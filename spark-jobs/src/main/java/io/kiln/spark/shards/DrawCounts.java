package io.kiln.spark.shards;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;

/**
 * Finds the draw below which a given number of rows lie: how many rows there are for each value of
 * some leading bits, then for each draw that begins with the bits in question.
 */
final class DrawCounts {
  /** With 2¹⁶ first values a thousand million rows leave some 15 000 draws for the second look. */
  private static final int BITS = 16;

  private final TreeMap<Long, Long> counts = new TreeMap<>(Long::compareUnsigned);

  /** The leading bits of a draw. */
  static long leading(long draw) {
    return draw >>> (Long.SIZE - BITS);
  }

  void add(long value) {
    counts.merge(value, 1L, Long::sum);
  }

  void add(DrawCounts other) {
    other.counts.forEach((value, count) -> counts.merge(value, count, Long::sum));
  }

  /** How many rows have a value below that. */
  long below(long value) {
    long rows = 0;
    for (long count : counts.headMap(value).values()) {
      rows += count;
    }
    return rows;
  }

  /** The value at which the rank is passed, counting from below; −1 if there are too few rows. */
  long passed(long rank) {
    long rows = 0;
    for (Map.Entry<Long, Long> entry : counts.entrySet()) {
      rows += entry.getValue();
      if (rows > rank) {
        return entry.getKey();
      }
    }
    return -1;
  }

  byte[] bytes() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    out.writeInt(counts.size());
    for (Map.Entry<Long, Long> entry : counts.entrySet()) {
      out.writeLong(entry.getKey());
      out.writeLong(entry.getValue());
    }
    return bytes.toByteArray();
  }

  static DrawCounts of(byte[] bytes) throws IOException {
    DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes));
    DrawCounts draws = new DrawCounts();
    for (int left = in.readInt(); left > 0; left--) {
      long value = in.readLong();
      draws.counts.put(value, in.readLong());
    }
    return draws;
  }
}
