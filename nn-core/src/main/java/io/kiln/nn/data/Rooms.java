package io.kiln.nn.data;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;

/**
 * Memory outside the heap that readers take turns with: it would be free again only after a
 * collection, and a heap with little to do has none for hours. Thread-safe.
 */
final class Rooms {
  private final ArrayDeque<ByteBuffer> free = new ArrayDeque<>();

  /** Room for so many bytes, little endian; give it back. */
  synchronized ByteBuffer take(int bytes) {
    ByteBuffer room = free.poll();
    return room != null && room.capacity() >= bytes
        ? room
        : ByteBuffer.allocateDirect(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Takes back what {@link #take} gave. */
  synchronized void give(ByteBuffer room) {
    free.push(room);
  }
}
