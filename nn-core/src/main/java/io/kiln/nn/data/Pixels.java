package io.kiln.nn.data;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Pixels of some images, an image a slot: in memory, or where they are more than that in a file
 * that is mapped. More than 2³¹ bytes are right. Slots are written by any thread, each once, before
 * any is read.
 */
abstract sealed class Pixels {
  /** Of what is in memory: a chunk is asked for when its first image comes. */
  private static final int CHUNK_BYTES = 1 << 24;

  private static final int MAPPED_BYTES = 1 << 30;

  /** An array with the image of a slot in it; valid until the thread's next call. */
  abstract byte[] array(int slot);

  /** Where in its array an image begins. */
  abstract int offset(int slot);

  /** Writes the image of a slot. */
  abstract void put(int slot, byte[] from, int offset);

  /** All images one after another in one array, which is shared. */
  static Pixels of(byte[] all, int size) {
    return new Heap(new byte[][] {all}, Math.max(1, all.length / size), size, all.length / size);
  }

  /** Room for images of so many bytes each in memory. */
  static Pixels inMemory(int images, int bytes) {
    int perChunk = Math.max(1, Math.min(Math.max(1, images), CHUNK_BYTES / bytes));
    return new Heap(new byte[(images + perChunk - 1) / perChunk][0], perChunk, bytes, images);
  }

  /**
   * Room for images in a new file, which is gone when nobody uses them any more.
   *
   * @param folder of temporary files
   */
  static Pixels inFile(int images, int bytes, Path folder) throws IOException {
    Path file = Files.createTempFile(folder, "kiln-pixels", "");
    int perChunk = Math.max(1, MAPPED_BYTES / bytes);
    ByteBuffer[] chunks = new ByteBuffer[(images + perChunk - 1) / perChunk];
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      for (int i = 0; i < chunks.length; i++) {
        long from = (long) i * perChunk;
        long length = Math.min(perChunk, images - from) * bytes;
        chunks[i] = channel.map(FileChannel.MapMode.READ_WRITE, from * bytes, length);
      }
    } finally {
      Files.delete(file);
    }
    return new Mapped(chunks, perChunk, bytes);
  }

  private static final class Heap extends Pixels {
    private final byte[][] chunks;
    private final int perChunk;
    private final int size;
    private final int count;

    Heap(byte[][] chunks, int perChunk, int size, int count) {
      this.chunks = chunks;
      this.count = count;
      this.perChunk = perChunk;
      this.size = size;
    }

    @Override
    byte[] array(int slot) {
      byte[] chunk = chunks[slot / perChunk];
      if (chunk.length == 0) {
        throw new IllegalStateException("images: slot " + slot + " was never written");
      }
      return chunk;
    }

    @Override
    int offset(int slot) {
      return slot % perChunk * size;
    }

    @Override
    void put(int slot, byte[] from, int offset) {
      System.arraycopy(from, offset, chunk(slot / perChunk), offset(slot), size);
    }

    private synchronized byte[] chunk(int at) {
      byte[] chunk = chunks[at];
      if (chunk.length == 0) {
        chunk = new byte[Math.min(perChunk, count - at * perChunk) * size];
        chunks[at] = chunk;
      }
      return chunk;
    }
  }

  private static final class Mapped extends Pixels {
    private final ByteBuffer[] chunks;
    private final int perChunk;
    private final ThreadLocal<byte[]> image;

    Mapped(ByteBuffer[] chunks, int perChunk, int size) {
      this.chunks = chunks;
      this.perChunk = perChunk;
      this.image = ThreadLocal.withInitial(() -> new byte[size]);
    }

    @Override
    byte[] array(int slot) {
      byte[] room = image.get();
      chunks[slot / perChunk].get(slot % perChunk * room.length, room);
      return room;
    }

    @Override
    int offset(int slot) {
      return 0;
    }

    @Override
    void put(int slot, byte[] from, int offset) {
      int size = image.get().length;
      chunks[slot / perChunk].put(slot % perChunk * size, from, offset, size);
    }
  }
}
