package io.kiln.nn.data;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;

/**
 * A spool of which one window of blocks at a time is in memory, read block by block and checked.
 * One reader's; it has the file open on its own, since an interrupt closes a channel for good.
 */
final class WindowRows implements SpoolReader.Rows {
  private final Spool spool;
  private final BlockOrder order;
  private final FileChannel channel;
  private final CRC32C crc = new CRC32C();
  private long[] blocks = new long[0];
  private int[] places = new int[0];
  private long window = -1;
  private final Rooms rooms;
  private ByteBuffer room = ByteBuffer.allocate(0);
  private FloatBuffer floats = room.asFloatBuffer();
  private IntBuffer ints = room.asIntBuffer();
  private int at;

  WindowRows(Spool spool, BlockOrder order, Rooms rooms) throws IOException {
    this.rooms = rooms;
    this.spool = spool;
    this.order = order;
    this.channel = FileChannel.open(spool.path(), StandardOpenOption.READ);
  }

  @Override
  public void seek(long row) throws IOException {
    if (order.window() != window) {
      enter(order.window());
    }
    int blockRows = spool.form().blockRows();
    long block = row / blockRows;
    int slot = 0;
    while (blocks[slot] != block) {
      slot++;
    }
    int numbers = places[slot + 1] - places[slot];
    at = spool.place((int) block, (int) (row % blockRows), places[slot], numbers, ints);
  }

  private void enter(long number) throws IOException {
    blocks = order.blocks(number);
    places = new int[blocks.length + 1];
    long bytes = 0;
    for (int slot = 0; slot < blocks.length; slot++) {
      int block = (int) blocks[slot];
      bytes += spool.start(block + 1) - spool.start(block);
      places[slot + 1] = Math.toIntExact(bytes / Float.BYTES);
    }
    if (bytes > room.capacity()) {
      giveBack();
      room = rooms.take(Math.toIntExact(bytes));
      floats = room.asFloatBuffer();
      ints = room.asIntBuffer();
    }
    for (int slot = 0; slot < blocks.length; slot++) {
      int block = (int) blocks[slot];
      int from = places[slot] * Float.BYTES;
      ByteBuffer part = room.slice(from, places[slot + 1] * Float.BYTES - from);
      Spool.read(channel, part, spool.start(block), spool.path());
      part.flip();
      spool.check(block, crc, part);
    }
    window = number;
  }

  @Override
  public FloatBuffer floats() {
    return floats;
  }

  @Override
  public IntBuffer ints() {
    return ints;
  }

  @Override
  public int at() {
    return at;
  }

  private void giveBack() {
    if (room.isDirect()) {
      rooms.give(room);
    }
    room = ByteBuffer.allocate(0);
  }

  @Override
  public void close() throws IOException {
    giveBack();
    channel.close();
  }
}
