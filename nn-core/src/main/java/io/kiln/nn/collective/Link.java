package io.kiln.nn.collective;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * The connection with one peer: in each call of the collective one message goes out and one comes
 * in, at the same time, in frames. A message begins with a header that says what the sender is
 * doing; the two must agree, so no worker ever adds numbers that were meant for something else.
 *
 * <p>Driven by the thread that calls the collective; {@link #move} does what can be done without
 * waiting.
 */
final class Link implements Closeable {
  /** Most bytes of one message of {@link Collective#exchange}. */
  static final int MOST_BYTES = 1 << 24;

  private static final int MESSAGE_HEADER = 24;
  private static final int FRAMES = 4;

  /** What a message is. */
  enum Kind {
    REDUCE(1),
    BROADCAST(2),
    EXCHANGE(3);

    private final int code;

    Kind(int code) {
      this.code = code;
    }

    private static String name(int code) {
      for (Kind kind : values()) {
        if (kind.code == code) {
          return kind.name();
        }
      }
      return "unknown";
    }
  }

  /** Gives the bytes of a message. */
  interface Source {
    /** Puts up to {@code room} bytes at a position; 0 if there is nothing yet. */
    int fill(WireBuffer to, int at, int room);
  }

  /** Takes the bytes of a message. */
  interface Sink {
    /** The other side's message has that many bytes. */
    default void expect(long bytes) {}

    /** Takes a frame's payload, wholly; false if it is too early for that. */
    boolean take(WireBuffer from, int at, int length) throws IOException;
  }

  /** What is said of a peer that sums something else. */
  static final String OTHER_SHAPE =
      "its shards or precision differ; all workers need the same settings";

  /** What is said of a peer that does something else. */
  static String otherCall(int theirCall, String theirKind, int call, Kind kind) {
    return "it is at call "
        + theirCall
        + " ("
        + theirKind
        + ") but this worker is at call "
        + call
        + " ("
        + kind
        + "); all workers must make the same calls";
  }

  /** What is said of a peer with a vector of another length. */
  static String otherLength(long theirs, long own) {
    return "it came with "
        + theirs
        + " numbers but this worker has "
        + own
        + "; the vectors must be of equal length";
  }

  /** Refuses what is too long for {@link Collective#exchange}. */
  static void checkLength(byte[] mine) {
    if (mine.length > MOST_BYTES) {
      throw new IllegalArgumentException(
          "exchange: " + mine.length + " bytes came but at most " + MOST_BYTES + " fit");
    }
  }

  private final int rank;
  private final String host;
  private final Pipe pipe;
  private final Frames sending;
  private final Frames receiving;
  private final WireBuffer out;
  private final WireBuffer in;
  private int unread;
  private boolean tooEarly;

  private Kind kind = Kind.REDUCE;
  private int call;
  private int shape;
  private long numbers;
  private boolean headerSent = true;
  private boolean headerCame = true;
  private long toSend;
  private long toReceive;
  private Source source = (to, at, room) -> 0;
  private Sink sink = (from, at, length) -> false;
  private long lastHeard;

  Link(int rank, String host, Pipe pipe, Frames sending, Frames receiving) {
    this.rank = rank;
    this.host = host;
    this.pipe = pipe;
    this.sending = sending;
    this.receiving = receiving;
    this.out = new WireBuffer(FRAMES * sending.mostSize());
    this.in = new WireBuffer(FRAMES * receiving.mostSize());
    out.bytes.limit(0);
  }

  int rank() {
    return rank;
  }

  String host() {
    return host;
  }

  /** When the last byte came, on {@link System#nanoTime}'s clock. */
  long lastHeard() {
    return lastHeard;
  }

  /**
   * Begins a message each way.
   *
   * @param shape a number both sides must agree on: shards and width
   * @param numbers length of the vector both sides must agree on; of an exchange, bytes sent
   */
  void begin(
      Kind kind,
      int call,
      int shape,
      long numbers,
      long toSend,
      Source source,
      long toReceive,
      Sink sink) {
    this.kind = kind;
    this.call = call;
    this.shape = shape;
    this.numbers = numbers;
    this.toSend = toSend;
    this.source = source;
    this.toReceive = toReceive;
    this.sink = sink;
    this.headerSent = false;
    this.headerCame = false;
    this.tooEarly = false;
    this.lastHeard = System.nanoTime();
  }

  /** Whether both messages are through. */
  boolean done() {
    return headerCame && toReceive == 0 && sent();
  }

  private boolean sent() {
    return headerSent && toSend == 0 && !out.bytes.hasRemaining();
  }

  /** Does what can be done now; false if that was nothing. */
  boolean move() throws IOException {
    boolean moved = send();
    moved |= receive();
    return moved;
  }

  private boolean send() throws IOException {
    boolean moved = false;
    while (!sent()) {
      if (!out.bytes.hasRemaining()) {
        fill();
      }
      if (!out.bytes.hasRemaining()) {
        return moved;
      }
      int n = pipe.write(out.bytes);
      if (n == 0) {
        return moved;
      }
      moved = true;
    }
    return moved;
  }

  /** Fills the out buffer with frames as far as the source has bytes. */
  private void fill() {
    ByteBuffer bytes = out.bytes;
    bytes.clear();
    int end = 0;
    if (!headerSent) {
      bytes.putInt(Frames.HEADER, kind.code).putInt(Frames.HEADER + 4, call);
      bytes.putLong(Frames.HEADER + 8, numbers).putLong(Frames.HEADER + 16, shape);
      end = sending.seal(bytes, 0, MESSAGE_HEADER);
      headerSent = true;
    }
    while (toSend > 0 && bytes.capacity() - end >= sending.mostSize()) {
      int room = (int) Math.min(toSend, Frames.MOST_PAYLOAD);
      int n = source.fill(out, end + Frames.HEADER, room);
      if (n == 0) {
        break;
      }
      end = sending.seal(bytes, end, n);
      toSend -= n;
    }
    bytes.limit(end).position(0);
  }

  private boolean receive() throws IOException {
    boolean moved = false;
    while (!headerCame || toReceive > 0) {
      boolean opened = open();
      moved |= opened;
      if (opened || tooEarly) {
        if (tooEarly) {
          return moved;
        }
        continue;
      }
      ByteBuffer bytes = in.bytes;
      if (bytes.remaining() == 0 || (unread > 0 && bytes.remaining() < receiving.mostSize())) {
        compact();
      }
      int n = pipe.read(bytes);
      if (n < 0) {
        throw new EOFException("it closed the connection");
      }
      if (n == 0) {
        return moved;
      }
      moved = true;
      lastHeard = System.nanoTime();
    }
    return moved;
  }

  private void compact() {
    in.bytes.flip().position(unread);
    in.bytes.compact();
    unread = 0;
  }

  /** Opens the next frame if it is whole; false if not, or if it is too early for it. */
  private boolean open() throws IOException {
    ByteBuffer bytes = in.bytes;
    int there = bytes.position() - unread;
    tooEarly = false;
    if (there == 0) {
      bytes.clear();
      unread = 0;
      opened = -1;
      return false;
    }
    if (opened < 0) {
      if (there < Frames.HEADER || there < receiving.sizeAt(bytes, unread)) {
        return false;
      }
      opened = receiving.open(bytes, unread);
    }
    int at = unread + Frames.HEADER;
    if (!headerCame) {
      header(at, opened);
    } else if (opened > toReceive) {
      throw new IOException("more bytes came than the message has");
    } else if (sink.take(in, at, opened)) {
      toReceive -= opened;
    } else {
      tooEarly = true;
      return false;
    }
    unread += receiving.size(opened);
    opened = -1;
    return true;
  }

  private int opened = -1;

  private void header(int at, int length) throws IOException {
    ByteBuffer bytes = in.bytes;
    if (length != MESSAGE_HEADER) {
      throw new IOException("a message began with " + length + " bytes but a header has 24");
    }
    int theirKind = bytes.getInt(at);
    int theirCall = bytes.getInt(at + 4);
    long theirNumbers = bytes.getLong(at + 8);
    long theirShape = bytes.getLong(at + 16);
    if (theirKind != kind.code || theirCall != call) {
      throw new IOException(otherCall(theirCall, Kind.name(theirKind), call, kind));
    }
    if (theirShape != shape) {
      throw new IOException(OTHER_SHAPE);
    }
    if (kind == Kind.EXCHANGE) {
      if (theirNumbers < 0 || theirNumbers > MOST_BYTES) {
        throw new IOException(
            theirNumbers + " bytes are announced but an exchange has at most " + MOST_BYTES);
      }
      toReceive = theirNumbers;
    } else if (theirNumbers != numbers) {
      throw new IOException(otherLength(theirNumbers, numbers));
    }
    sink.expect(toReceive);
    headerCame = true;
  }

  /** Asks to be woken when something can go on. */
  void await() {
    pipe.await((!headerCame || toReceive > 0) && !tooEarly, out.bytes.hasRemaining());
  }

  /** No more waking. */
  void rest() {
    pipe.await(false, false);
  }

  @Override
  public void close() {
    pipe.close();
  }
}
