package io.kiln.nn.collective;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * The connection with one peer: in each call of the collective one message goes out and one comes
 * in, at the same time, through a {@link Lane}. A message begins with a header that says what the
 * sender is doing; the two must agree, so no worker ever adds numbers that were meant for something
 * else.
 *
 * <p>Driven by the thread that calls the collective; {@link #move} does what can be done without
 * waiting.
 */
final class Link implements Closeable {
  /** Most bytes of one message of {@link Collective#exchange}. */
  static final int MOST_BYTES = 1 << 24;

  private static final int MESSAGE_HEADER = 24;

  /** What is said of a peer that has closed its end. */
  static final String LEFT = "it closed the connection";

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
  private Lane lane;
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

  Link(int rank, String host, Lane lane) {
    this.rank = rank;
    this.host = host;
    this.lane = lane;
  }

  /** What the messages go through. */
  Lane lane() {
    return lane;
  }

  /** From here on messages go another way; both sides change between the same two messages. */
  void change(Lane other) {
    lane = other;
  }

  int rank() {
    return rank;
  }

  String host() {
    return host;
  }

  /** Bytes of this message that have not come; all of it before its header. */
  long missing() {
    return headerCame ? toReceive : Long.MAX_VALUE;
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
    return headerSent && toSend == 0 && lane.pushed();
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
      boolean more = fill();
      more |= lane.push();
      if (!more) {
        return moved;
      }
      moved = true;
    }
    return moved;
  }

  /** Puts what the source has, as far as there is room; whether that was anything. */
  private boolean fill() {
    boolean put = false;
    int at = lane.roomAt();
    if (!headerSent && at >= 0) {
      ByteBuffer bytes = lane.out().bytes;
      bytes.putInt(at, kind.code).putInt(at + 4, call);
      bytes.putLong(at + 8, numbers).putLong(at + 16, shape);
      lane.put(MESSAGE_HEADER);
      headerSent = true;
      put = true;
      at = lane.roomAt();
    }
    while (toSend > 0 && at >= 0) {
      int room = (int) Math.min(toSend, Frames.MOST_PAYLOAD);
      int n = source.fill(lane.out(), at, room);
      if (n == 0) {
        return put;
      }
      lane.put(n);
      toSend -= n;
      put = true;
      at = lane.roomAt();
    }
    return put;
  }

  private boolean receive() throws IOException {
    boolean moved = false;
    while (!headerCame || toReceive > 0) {
      int length = lane.next();
      tooEarly = length >= 0 && !take(lane.cameAt(), length);
      if (tooEarly) {
        return moved;
      }
      if (length >= 0) {
        lane.taken();
      } else if (!lane.pull()) {
        return moved;
      }
      moved = true;
      lastHeard = System.nanoTime();
    }
    return moved;
  }

  /** Takes a payload; false if it is too early for it. */
  private boolean take(int at, int length) throws IOException {
    if (!headerCame) {
      header(at, length);
      return true;
    }
    if (length > toReceive) {
      throw new IOException("more bytes came than the message has");
    }
    if (!sink.take(lane.in(), at, length)) {
      return false;
    }
    toReceive -= length;
    return true;
  }

  private void header(int at, int length) throws IOException {
    ByteBuffer bytes = lane.in().bytes;
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

  /** Of a shared lane: whether it is worth while to {@link #move}. */
  boolean stirs() {
    return lane.stirs();
  }

  /** Asks to be woken when something can go on. */
  void await() throws IOException {
    lane.await((!headerCame || toReceive > 0) && !tooEarly, !sent());
  }

  /** No more waking. */
  void rest() throws IOException {
    lane.await(false, false);
  }

  @Override
  public void close() {
    lane.close();
  }
}
