package io.kiln.nn.data;

import io.kiln.nn.io.FormatException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.IntBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * A shard's samples in a file of this machine, written by {@link SpoolWriter}. Immutable and
 * thread-safe; a reader each thread.
 *
 * <p>Nothing is believed that is not checked: the header's and the table's checksums and sizes
 * here, a block's checksum when it is first read.
 */
public final class Spool {
  static final int HEADER_BYTES = 64;

  /** A block's places are ints. */
  static final long MOST_BLOCK_BYTES = 1 << 30;

  private static final long MAGIC = 0x314c4f4f50534b4bL; // "KKSPOOL1"

  private final Path path;
  private final SpoolForm form;
  private final long rows;
  private final long[] starts;
  private final int[] checks;
  private @Nullable MappedRows mapped;

  private Spool(Path path, SpoolForm form, long rows, long[] starts, int[] checks) {
    this.path = path;
    this.form = form;
    this.rows = rows;
    this.starts = starts;
    this.checks = checks;
  }

  static int tableBytes(int blocks) {
    return Math.toIntExact((blocks + 1L) * Long.BYTES + (long) blocks * Integer.BYTES);
  }

  static ByteBuffer header(SpoolForm form, long rows, int blocks, long end, int tableCheck) {
    ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    header
        .putLong(MAGIC)
        .putInt(form.sparse() ? 1 : 0)
        .putInt(form.features())
        .putInt(form.targets())
        .putInt(form.weighted() ? 1 : 0)
        .putLong(form.rowBytes())
        .putLong(rows)
        .putLong(end)
        .putInt(blocks)
        .putInt(tableCheck);
    header.putInt(HEADER_BYTES - Integer.BYTES, check(header.array(), HEADER_BYTES - 4));
    return header.position(0).limit(HEADER_BYTES);
  }

  private static int check(byte[] bytes, int count) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, count);
    return (int) crc.getValue();
  }

  /**
   * Opens a file.
   *
   * @throws FormatException if it is not a spool, or not as it was written
   */
  public static Spool open(Path path) throws IOException {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      long size = channel.size();
      if (size < HEADER_BYTES) {
        throw new FormatException(
            path.toString(), 0, "it has " + size + " bytes but a spool has 64 at least");
      }
      ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
      read(channel, header, 0, path);
      header.flip();
      int declared = header.getInt(HEADER_BYTES - Integer.BYTES);
      if (header.getLong() != MAGIC || check(header.array(), HEADER_BYTES - 4) != declared) {
        throw new FormatException(path.toString(), 0, "its header is not a spool's; delete it");
      }
      boolean sparse = header.getInt() == 1;
      int features = header.getInt();
      int targets = header.getInt();
      boolean weighted = header.getInt() == 1;
      SpoolForm form = new SpoolForm(sparse, features, targets, weighted, header.getLong());
      long rows = header.getLong();
      long end = header.getLong();
      int blocks = header.getInt();
      int tableCheck = header.getInt();
      long whole = end + (blocks + 1L) * Long.BYTES + (long) blocks * Integer.BYTES;
      if (size != whole) {
        throw new FormatException(
            path.toString(),
            size,
            "it has " + size + " bytes but its header says " + whole + "; delete it");
      }
      ByteBuffer table = ByteBuffer.allocate(tableBytes(blocks)).order(ByteOrder.LITTLE_ENDIAN);
      read(channel, table, end, path);
      table.flip();
      if (check(table.array(), table.capacity()) != tableCheck) {
        throw new FormatException(
            path.toString(), end, "its table of blocks is damaged; delete it");
      }
      long[] starts = new long[blocks + 1];
      for (int i = 0; i <= blocks; i++) {
        starts[i] = table.getLong();
      }
      int[] checks = new int[blocks];
      for (int i = 0; i < blocks; i++) {
        checks[i] = table.getInt();
      }
      return new Spool(path, form, rows, starts, checks);
    }
  }

  static void read(FileChannel channel, ByteBuffer room, long from, Path path) throws IOException {
    int before = room.position();
    while (room.hasRemaining()) {
      if (channel.read(room, from + room.position() - before) < 0) {
        throw new FormatException(
            path.toString(), channel.size(), "it ends here but more was written; delete it");
      }
    }
  }

  /** The file. */
  public Path path() {
    return path;
  }

  /** What its rows are. */
  public SpoolForm form() {
    return form;
  }

  /** Number of rows. */
  public long rows() {
    return rows;
  }

  /** Its rows in any order, from a position on; the file is mapped. */
  ShardReader open(RowOrder order, long position) throws IOException {
    return new SpoolReader(form, order, mapped().rows(), rows, position);
  }

  /** Its rows a window of blocks at a time, from a position on. */
  ShardReader open(BlockOrder order, long position, Rooms rooms) throws IOException {
    return new SpoolReader(form, order, new WindowRows(this, order, rooms), rows, position);
  }

  private synchronized MappedRows mapped() throws IOException {
    if (mapped == null) {
      mapped = MappedRows.of(this);
    }
    return mapped;
  }

  int blocks() {
    return checks.length;
  }

  /** Where a block begins; of {@code blocks()} where the last one ends. */
  long start(int block) {
    return starts[block];
  }

  int rowsOf(int block) {
    return (int) Math.min(form.blockRows(), rows - (long) block * form.blockRows());
  }

  /**
   * Where a row begins, in numbers of four bytes.
   *
   * @param row within the block
   * @param blockAt where the block begins
   * @param blockNumbers length of the block
   */
  int place(int block, int row, int blockAt, int blockNumbers, IntBuffer ints) {
    return form.sparse()
        ? blockAt + ints.get(blockAt + blockNumbers - rowsOf(block) + row)
        : blockAt + row * (int) (form.rowBytes() / Float.BYTES);
  }

  /** Compares what was read of a block with what was written. */
  void check(int block, CRC32C crc, ByteBuffer bytes) throws FormatException {
    crc.reset();
    crc.update(bytes);
    if ((int) crc.getValue() != checks[block]) {
      throw new FormatException(
          path.toString(),
          starts[block],
          "block "
              + block
              + " is not as it was written (its checksum differs); delete it, and look at the disk");
    }
  }
}
