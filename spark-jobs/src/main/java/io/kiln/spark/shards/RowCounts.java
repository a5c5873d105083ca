package io.kiln.spark.shards;

import io.kiln.nn.io.FormatException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.vectorized.ColumnarBatch;
import org.apache.spark.unsafe.types.UTF8String;

/**
 * Which piece of which file each partition of a table reads, and how many rows it has: from it
 * follows every row's place in what was given, files by name. A table without files has one piece a
 * partition.
 */
public final class RowCounts implements Serializable {
  private static final long serialVersionUID = 1L;

  /**
   * A piece of a file.
   *
   * @param first place of its first row among all, from 0
   * @param rank its number among all pieces, from 0
   */
  record Piece(String file, long start, long rows, long first, int rank) implements Serializable {
    private Piece at(long place, int number) {
      return new Piece(file, start, rows, place, number);
    }
  }

  private static final Comparator<int[]> BY_PARTITION =
      Comparator.<int[]>comparingInt(at -> at[0]).thenComparingInt(at -> at[1]);

  private final List<List<Piece>> partitions;

  private RowCounts(List<List<Piece>> partitions) {
    this.partitions = new ArrayList<>(partitions);
  }

  /** Gives the pieces of all partitions, in the order of these, their places. */
  static RowCounts of(List<byte[]> counted) throws IOException {
    List<List<Piece>> partitions = new ArrayList<>();
    List<int[]> order = new ArrayList<>();
    for (byte[] bytes : counted) {
      List<Piece> pieces = read(bytes);
      for (int i = 0; i < pieces.size(); i++) {
        order.add(new int[] {partitions.size(), i});
      }
      partitions.add(pieces);
    }
    order.sort(
        Comparator.<int[], String>comparing(at -> partitions.get(at[0]).get(at[1]).file())
            .thenComparingLong(at -> partitions.get(at[0]).get(at[1]).start())
            .thenComparing(BY_PARTITION));
    long first = 0;
    for (int rank = 0; rank < order.size(); rank++) {
      int[] at = order.get(rank);
      Piece piece = partitions.get(at[0]).get(at[1]);
      partitions.get(at[0]).set(at[1], piece.at(first, rank));
      first += piece.rows();
    }
    return new RowCounts(partitions);
  }

  /** Counts rows, piece by piece. */
  private static final class Counter {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final DataOutputStream out = new DataOutputStream(bytes);
    private UTF8String file = UTF8String.EMPTY_UTF8;
    private long start;
    private long count;

    void add(UTF8String of, long from, long rows) throws IOException {
      if (from != start || !of.equals(file)) {
        end();
        file = of.clone();
        start = from;
      }
      count += rows;
    }

    private void end() throws IOException {
      if (count > 0) {
        out.writeUTF(file.toString());
        out.writeLong(start);
        out.writeLong(count);
      }
      count = 0;
    }

    Iterator<byte[]> bytes() throws IOException {
      end();
      return List.of(bytes.toByteArray()).iterator();
    }
  }

  /**
   * The pieces that the rows of a partition are of.
   *
   * @param named whether column 0 has the file and column 1 where the piece begins
   */
  static Iterator<byte[]> count(Iterator<InternalRow> rows, boolean named) throws IOException {
    Counter counter = new Counter();
    while (rows.hasNext()) {
      InternalRow row = rows.next();
      counter.add(
          named ? row.getUTF8String(0) : UTF8String.EMPTY_UTF8, named ? row.getLong(1) : 0, 1);
    }
    return counter.bytes();
  }

  /**
   * The same of rows in columns, which are not looked at.
   *
   * @param file place of the column of files
   * @param start place of the column of where pieces begin
   */
  static Iterator<byte[]> count(Iterator<ColumnarBatch> batches, int file, int start)
      throws IOException {
    Counter counter = new Counter();
    while (batches.hasNext()) {
      ColumnarBatch batch = batches.next();
      if (batch.numRows() > 0) {
        counter.add(
            batch.column(file).getUTF8String(0), batch.column(start).getLong(0), batch.numRows());
      }
    }
    return counter.bytes();
  }

  private static List<Piece> read(byte[] bytes) throws IOException {
    List<Piece> pieces = new ArrayList<>();
    DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes));
    while (in.available() > 0) {
      pieces.add(new Piece(in.readUTF(), in.readLong(), in.readLong(), 0, 0));
    }
    return pieces;
  }

  /** Rows of all partitions. */
  public long rows() {
    long rows = 0;
    for (List<Piece> pieces : partitions) {
      for (Piece piece : pieces) {
        rows += piece.rows();
      }
    }
    return rows;
  }

  /** Walks over the rows of a partition. */
  public Walk walk(int partition, String table) throws FormatException {
    if (partition >= partitions.size()) {
      throw changed(table);
    }
    return new Walk(partitions.get(partition), table);
  }

  /** Where a row stands: its file and its place there, or its place in the table. */
  String place(int partition, long offset) {
    long left = offset;
    for (Piece piece :
        partition < partitions.size() ? partitions.get(partition) : List.<Piece>of()) {
      if (left < piece.rows()) {
        long row = left + 1 + (piece.file().isEmpty() ? piece.first() : before(piece));
        return piece.file().isEmpty() ? "row " + row : piece.file() + ", row " + row;
      }
      left -= piece.rows();
    }
    return "row " + (offset + 1) + " of partition " + partition;
  }

  /** Rows of the same file that stand before a piece. */
  private long before(Piece piece) {
    long least = piece.first();
    for (List<Piece> pieces : partitions) {
      for (Piece each : pieces) {
        if (each.file().equals(piece.file())) {
          least = Math.min(least, each.first());
        }
      }
    }
    return piece.first() - least;
  }

  private static FormatException changed(String table) {
    return new FormatException(
        table,
        -1,
        "it has other rows than when they were counted; it has changed, or gives other rows each"
            + " time: write it to files, or cache it");
  }

  /** The places of a partition's rows, in turn; one thread's. */
  public static final class Walk {
    private final List<Piece> pieces;
    private final String table;
    private int at;
    private long begin;
    private long end;
    private long shift;
    private int rank;

    private Walk(List<Piece> pieces, String table) {
      this.pieces = pieces;
      this.table = table;
    }

    /**
     * A row's place among all rows given, from 0. Asked in rising order.
     *
     * @param offset of the row in its partition
     */
    public long place(long offset) throws FormatException {
      while (offset >= end) {
        if (at == pieces.size()) {
          throw changed(table);
        }
        Piece piece = pieces.get(at++);
        begin = end;
        end = begin + piece.rows();
        shift = piece.first() - begin;
        rank = piece.rank();
      }
      return offset + shift;
    }

    /** The number of the piece that the row last asked for is of. */
    public int rank() {
      return rank;
    }

    /** Checks that the partition had as many rows as were counted. */
    public void end(long rows) throws FormatException {
      long counted = pieces.stream().mapToLong(Piece::rows).sum();
      if (rows != counted) {
        throw changed(table);
      }
    }
  }
}
