package io.kiln.nn.data;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * Writes a {@link Spool}. Order of calls: {@link #add} for every row, {@link #finish}, {@link
 * #close}; a spool that is not finished is gone at the end.
 *
 * <p>The file: a header of 64 bytes; blocks of rows (behind sparse rows, where each begins in its
 * block); where each block begins and the last ends; each block's CRC-32C.
 */
public final class SpoolWriter implements AutoCloseable {
  private final Path path;
  private final Path unfinished;
  private final SpoolForm form;
  private final int blockRows;
  private final FileChannel channel;
  private final CRC32C crc = new CRC32C();
  private final int[] offsets;
  private ByteBuffer block;
  private int inBlock;
  private long rows;
  private long end = Spool.HEADER_BYTES;
  private long[] starts = new long[16];
  private int[] checks = new int[16];
  private int blocks;
  private boolean finished;

  /** Begins a file under another name than its own. */
  public SpoolWriter(Path path, SpoolForm form) throws IOException {
    this.path = path;
    this.unfinished = path.resolveSibling(path.getFileName() + ".unfinished");
    this.form = form;
    this.blockRows = form.blockRows();
    this.offsets = new int[form.sparse() ? blockRows : 0];
    this.block = room(form.blockRows() * form.rowBytes());
    this.channel =
        FileChannel.open(
            unfinished,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE);
    channel.position(end);
  }

  private static ByteBuffer room(long bytes) {
    return ByteBuffer.allocateDirect((int) Math.min(1 << 30, bytes)).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Adds a row as {@link SpoolForm} says. */
  public void add(byte[] row) throws IOException {
    if (!form.sparse() && row.length != form.rowBytes()) {
      throw new IllegalArgumentException(
          "spool: a row of "
              + row.length
              + " bytes came but rows have "
              + form.rowBytes()
              + " bytes");
    }
    if (form.sparse()) {
      offsets[inBlock] = block.position() / Float.BYTES;
    }
    ensure(row.length);
    block.put(row);
    rows++;
    if (++inBlock == blockRows) {
      flush();
    }
  }

  private void ensure(long more) throws IOException {
    long needed = block.position() + more;
    if (needed <= block.capacity()) {
      return;
    }
    if (needed > Spool.MOST_BLOCK_BYTES) {
      throw new IOException(
          path
              + ": "
              + (inBlock + 1)
              + " rows of a block have more than "
              + Spool.MOST_BLOCK_BYTES
              + " bytes; rows are too long");
    }
    ByteBuffer larger = room(Math.min(Spool.MOST_BLOCK_BYTES, needed * 2));
    block.flip();
    block = larger.put(block);
  }

  private void flush() throws IOException {
    if (inBlock == 0) {
      return;
    }
    if (form.sparse()) {
      ensure((long) inBlock * Integer.BYTES);
      for (int i = 0; i < inBlock; i++) {
        block.putInt(offsets[i]);
      }
    }
    block.flip();
    crc.reset();
    crc.update(block.duplicate());
    if (blocks + 1 == starts.length) {
      starts = Arrays.copyOf(starts, starts.length * 2);
      checks = Arrays.copyOf(checks, starts.length);
    }
    starts[blocks] = end;
    checks[blocks++] = (int) crc.getValue();
    end += block.remaining();
    write(block);
    block.clear();
    inBlock = 0;
  }

  /** Number of rows so far. */
  public long rows() {
    return rows;
  }

  /** Gives the file its name, with all rows in it. */
  public void finish() throws IOException {
    flush();
    starts[blocks] = end;
    ByteBuffer table = ByteBuffer.allocate(Spool.tableBytes(blocks)).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i <= blocks; i++) {
      table.putLong(starts[i]);
    }
    for (int i = 0; i < blocks; i++) {
      table.putInt(checks[i]);
    }
    table.flip();
    crc.reset();
    crc.update(table.duplicate());
    write(table);
    channel.position(0);
    write(Spool.header(form, rows, blocks, end, (int) crc.getValue()));
    channel.close();
    Files.move(unfinished, path, StandardCopyOption.ATOMIC_MOVE);
    finished = true;
  }

  private void write(ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
    if (!finished) {
      Files.deleteIfExists(unfinished);
    }
  }
}
