package io.kiln.spark.shards;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;

/** How many rows have so many numbers in a column whose cells should all have the same. */
final class CellLengths {
  /** More are not told apart: the shortest are kept. */
  private static final int MOST = 16;

  private final TreeMap<Integer, Long> rows = new TreeMap<>();

  void add(int length, long count) {
    rows.merge(length, count, Long::sum);
    if (rows.size() > MOST) {
      rows.pollLastEntry();
    }
  }

  CellLengths plus(CellLengths other) {
    other.rows.forEach(this::add);
    return this;
  }

  /** The length that the most rows have; the shorter of two. */
  private int usual() {
    int usual = rows.firstKey();
    for (Map.Entry<Integer, Long> entry : rows.entrySet()) {
      usual = entry.getValue() > count(usual) ? entry.getKey() : usual;
    }
    return usual;
  }

  /** The length that the fewest rows have; the longer of two. */
  int rarest() {
    int rarest = rows.lastKey();
    for (Map.Entry<Integer, Long> entry : rows.descendingMap().entrySet()) {
      rarest = entry.getValue() < count(rarest) ? entry.getKey() : rarest;
    }
    return rarest;
  }

  /** Which they are, in words. */
  String text() {
    return ": " + have(usual()) + " but " + have(rarest());
  }

  private long count(int length) {
    return rows.getOrDefault(length, 0L);
  }

  private String have(int length) {
    long count = count(length);
    return count
        + (count == 1 ? " row has " : " rows have ")
        + length
        + (length == 1 ? " number" : " numbers");
  }

  byte[] bytes() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    out.writeInt(rows.size());
    for (Map.Entry<Integer, Long> entry : rows.entrySet()) {
      out.writeInt(entry.getKey());
      out.writeLong(entry.getValue());
    }
    return bytes.toByteArray();
  }

  static CellLengths of(byte[] bytes) throws IOException {
    DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes));
    CellLengths lengths = new CellLengths();
    for (int left = in.readInt(); left > 0; left--) {
      int length = in.readInt();
      lengths.add(length, in.readLong());
    }
    return lengths;
  }
}
