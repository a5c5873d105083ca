package io.kiln.nn.collective;

import java.io.EOFException;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ClosedChannelException;
import org.jspecify.annotations.Nullable;

/**
 * Payloads in {@link SharedMemory}: written once by one process, read where they lie by the other.
 *
 * <p>A slot is published by the count of slots written, given back by the count of slots read. Who
 * sleeps says so in the memory, and is woken by a byte through the socket. The socket is also the
 * sign of life: it closes when the peer leaves or dies.
 */
final class SharedLane implements Lane {
  private static final VarHandle LONG =
      MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle INT =
      MethodHandles.byteBufferViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final int BELLS = 256;

  private final WireBuffer memory;
  private final ByteBuffer bytes;
  private final boolean first;
  private final Pipe bell;
  private final ByteBuffer ring = ByteBuffer.allocateDirect(1);
  private final ByteBuffer rung = ByteBuffer.allocateDirect(BELLS);
  private long written;
  private long writtenThere;
  private long read;
  private long readThere;
  private boolean waits;
  private @Nullable IOException left;
  private volatile boolean closed;

  /**
   * One side's end.
   *
   * @param first whether this side made the memory
   * @param bell the connection that was there before
   */
  SharedLane(SharedMemory memory, boolean first, Pipe bell) {
    this.memory = memory.wire();
    this.bytes = this.memory.bytes;
    this.first = first;
    this.bell = bell;
  }

  @Override
  public WireBuffer out() {
    return memory;
  }

  @Override
  public int roomAt() {
    if (written - readThere == SharedMemory.SLOTS) {
      readThere = (long) LONG.getAcquire(bytes, SharedMemory.read(first));
    }
    boolean room = written - readThere < SharedMemory.SLOTS;
    return room ? SharedMemory.slot(first, written) + SharedMemory.PAYLOAD : -1;
  }

  @Override
  public void put(int length) {
    bytes.putInt(SharedMemory.slot(first, written), length);
    written++;
    LONG.setVolatile(bytes, SharedMemory.written(first), written);
    wake();
  }

  /**
   * Wakes the peer if it sleeps. What was written before must be seen by a peer that sleeps now.
   */
  private void wake() {
    int there = SharedMemory.asleep(!first);
    if ((int) INT.getVolatile(bytes, there) != 0 && INT.compareAndSet(bytes, there, 1, 0)) {
      try {
        ring.clear();
        bell.write(ring); // where there is no room, bells enough are on their way
      } catch (IOException e) {
        left = e;
      }
    }
  }

  @Override
  public boolean push() throws IOException {
    if (closed) {
      throw new ClosedChannelException();
    }
    if (left != null && roomAt() < 0) {
      throw gone();
    }
    return false;
  }

  @Override
  public boolean pushed() {
    return true;
  }

  @Override
  public WireBuffer in() {
    return memory;
  }

  @Override
  public int next() throws IOException {
    if (writtenThere == read) {
      writtenThere = (long) LONG.getAcquire(bytes, SharedMemory.written(!first));
    }
    if (writtenThere == read) {
      return -1;
    }
    int length = bytes.getInt(SharedMemory.slot(!first, read));
    if (length < 0
        || length > Frames.MOST_PAYLOAD
        || writtenThere < read
        || writtenThere - read > SharedMemory.SLOTS) {
      throw new IOException("the shared memory is damaged: a payload of " + length + " bytes");
    }
    return length;
  }

  @Override
  public int cameAt() {
    return SharedMemory.slot(!first, read) + SharedMemory.PAYLOAD;
  }

  @Override
  public void taken() {
    read++;
    LONG.setVolatile(bytes, SharedMemory.read(!first), read);
    wake();
  }

  @Override
  public boolean pull() throws IOException {
    if (closed) {
      throw new ClosedChannelException();
    }
    if (left != null) {
      throw gone();
    }
    return false;
  }

  private IOException gone() {
    IOException why = left;
    return why == null ? new EOFException(Link.LEFT) : why;
  }

  @Override
  public boolean shared() {
    return true;
  }

  @Override
  public boolean stirs() {
    return closed
        || (long) LONG.getAcquire(bytes, SharedMemory.written(!first)) != writtenThere
        || (written - readThere == SharedMemory.SLOTS
            && (long) LONG.getAcquire(bytes, SharedMemory.read(first)) != readThere);
  }

  @Override
  public void await(boolean receiving, boolean sending) throws IOException {
    boolean wanted = receiving || sending;
    if (wanted || waits) {
      INT.setVolatile(bytes, SharedMemory.asleep(first), wanted ? 1 : 0);
      VarHandle.fullFence(); // who looks again after this sees all that was written before a wake
      bell.await(wanted, false);
    }
    if (waits && !wanted) {
      listen();
    }
    waits = wanted;
  }

  /** Takes the bells that rang. That the peer has left counts once all it wrote is read. */
  private void listen() {
    try {
      int n;
      do {
        rung.clear();
        n = bell.read(rung);
      } while (n == BELLS);
      if (n < 0) {
        left = new EOFException(Link.LEFT);
      }
    } catch (IOException e) {
      left = e;
    }
  }

  @Override
  public void leave() throws IOException {
    bell.leave();
  }

  @Override
  public boolean hasLeft() {
    listen();
    return left != null;
  }

  @Override
  public void close() {
    closed = true;
    bell.close();
  }
}
