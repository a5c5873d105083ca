package io.kiln.nn.collective;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;

/** Bytes to and from one peer, never blocking. */
interface Pipe extends Closeable {
  /** Writes what goes without waiting; returns how much that was. */
  int write(ByteBuffer from) throws IOException;

  /** Reads what is there, -1 if the peer has left. */
  int read(ByteBuffer to) throws IOException;

  /** Asks to be woken when one could go on reading or writing. */
  void await(boolean reading, boolean writing);

  /** Tells the peer that this side has left, and goes on reading. */
  void leave() throws IOException;

  @Override
  void close();

  /** Over a socket. */
  final class Socket implements Pipe {
    private final SocketChannel channel;
    private final SelectionKey key;
    private int asked;

    Socket(SocketChannel channel, Selector selector) throws IOException {
      this.channel = channel;
      channel.configureBlocking(false);
      this.key = channel.register(selector, 0);
    }

    @Override
    public int write(ByteBuffer from) throws IOException {
      return channel.write(from);
    }

    @Override
    public int read(ByteBuffer to) throws IOException {
      return channel.read(to);
    }

    @Override
    public void await(boolean reading, boolean writing) {
      int wanted = (reading ? SelectionKey.OP_READ : 0) | (writing ? SelectionKey.OP_WRITE : 0);
      if (wanted != asked) {
        key.interestOps(wanted);
        asked = wanted;
      }
    }

    @Override
    public void leave() throws IOException {
      channel.shutdownOutput();
    }

    @Override
    public void close() {
      try {
        channel.close();
      } catch (IOException e) {
        asked = 0; // Nothing can be done, and nothing is lost: the descriptor is gone either way.
      }
    }
  }

  /** Between two threads of one JVM: a ring of bytes for each direction. */
  final class Memory implements Pipe {
    private static final int CAPACITY = 1 << 20;

    /** One direction: one writer, one reader. */
    private static final class Ring {
      private final ByteBuffer bytes = ByteBuffer.allocateDirect(CAPACITY);
      private volatile long written;
      private volatile long read;
      private volatile boolean closed;

      int put(ByteBuffer from) throws IOException {
        if (closed) {
          throw new ClosedChannelException();
        }
        long at = written;
        int n = (int) Math.min(from.remaining(), CAPACITY - (at - read));
        int place = (int) (at % CAPACITY);
        int head = Math.min(n, CAPACITY - place);
        bytes.put(place, from, from.position(), head);
        bytes.put(0, from, from.position() + head, n - head);
        from.position(from.position() + n);
        written = at + n;
        return n;
      }

      int get(ByteBuffer to) {
        long at = read;
        boolean ended = closed;
        int n = (int) Math.min(to.remaining(), written - at);
        if (n == 0) {
          return ended ? -1 : 0;
        }
        int place = (int) (at % CAPACITY);
        int head = Math.min(n, CAPACITY - place);
        to.put(to.position(), bytes, place, head);
        to.put(to.position() + head, bytes, 0, n - head);
        to.position(to.position() + n);
        read = at + n;
        return n;
      }
    }

    private final Ring out;
    private final Ring in;
    private final Selector selector;
    private volatile boolean waiting;
    private volatile Memory other = this;

    private Memory(Ring out, Ring in, Selector selector) {
      this.out = out;
      this.in = in;
      this.selector = selector;
    }

    /** Two ends; each wakes the other's selector. */
    static Memory[] pair(Selector one, Selector two) {
      Ring there = new Ring();
      Ring back = new Ring();
      Memory a = new Memory(there, back, one);
      Memory b = new Memory(back, there, two);
      a.other = b;
      b.other = a;
      return new Memory[] {a, b};
    }

    @Override
    public int write(ByteBuffer from) throws IOException {
      int n = out.put(from);
      if (n > 0) {
        other.wake();
      }
      return n;
    }

    @Override
    public int read(ByteBuffer to) {
      int n = in.get(to);
      if (n > 0) {
        other.wake();
      }
      return n;
    }

    @Override
    public void await(boolean reading, boolean writing) {
      waiting = reading || writing;
    }

    private void wake() {
      if (waiting) {
        waiting = false;
        selector.wakeup();
      }
    }

    @Override
    public void leave() {
      out.closed = true;
      other.wake();
    }

    @Override
    public void close() {
      out.closed = true;
      in.closed = true;
      other.wake();
    }
  }
}
