package io.kiln.nn.collective;

import io.kiln.nn.collective.Handshake.Hello;
import io.kiln.nn.collective.Handshake.Role;
import io.kiln.nn.collective.LinkOptions.PortRange;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.function.Consumer;

/**
 * Whole messages between a worker and the driver, both of which have proved to know the attempt's
 * key. Sending is thread-safe; one thread receives.
 */
public final class ControlChannel implements Closeable {
  /** Most bytes of a message. */
  public static final int MOST_BYTES = 1 << 24;

  /** Where workers come in. */
  public static final class Listener implements Closeable {
    private final Door door;

    private Listener(Door door) {
      this.door = door;
    }

    /** The port it listens on. */
    public int port() {
      return door.port();
    }

    /** Stops listening; channels live on. */
    @Override
    public void close() {
      door.close();
    }
  }

  private final int rank;
  private final SocketChannel channel;
  private final InputStream in;
  private final OutputStream out;
  private final Frames sending;
  private final Frames receiving;
  private final ByteBuffer sendBuffer;
  private final ByteBuffer receiveBuffer;
  private int have;

  private ControlChannel(
      int rank, boolean encrypt, SocketChannel channel, Handshake.Session session)
      throws IOException {
    this.rank = rank;
    this.channel = channel;
    Frames.Protection protection =
        encrypt ? Frames.Protection.ENCRYPTION : Frames.Protection.CHECKSUM;
    this.sending = new Frames(protection, session.sendKey());
    this.receiving = new Frames(protection, session.receiveKey());
    this.sendBuffer = ByteBuffer.allocate(sending.mostSize()).order(ByteOrder.LITTLE_ENDIAN);
    this.receiveBuffer = ByteBuffer.allocate(receiving.mostSize()).order(ByteOrder.LITTLE_ENDIAN);
    channel.configureBlocking(true);
    channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    channel.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
    this.in = channel.socket().getInputStream();
    this.out = channel.socket().getOutputStream();
  }

  /**
   * Listens for the workers of one attempt.
   *
   * @param host the address to bind, and no other
   * @param welcome takes over every worker's channel; called by one thread, must not wait
   * @throws IOException if no port is free or the address is not this machine's
   */
  public static Listener listen(
      String host,
      PortRange ports,
      AttemptKey key,
      int attempt,
      int workers,
      boolean encrypt,
      Consumer<ControlChannel> welcome)
      throws IOException {
    Hello expected = new Hello(Role.CONTROL, encrypt, attempt, -1, -1, workers);
    return new Listener(
        new Door(
            host,
            ports,
            key,
            expected,
            (channel, hello, session) -> {
              try {
                welcome.accept(new ControlChannel(hello.rank(), encrypt, channel, session));
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            }));
  }

  /**
   * Calls the driver.
   *
   * @throws IOException if it cannot be reached in time or does not know the key
   */
  public static ControlChannel call(
      String host,
      int port,
      AttemptKey key,
      int attempt,
      Collective.Place place,
      boolean encrypt,
      Duration patience)
      throws IOException {
    Hello hello = new Hello(Role.CONTROL, encrypt, attempt, place.rank(), -1, place.size());
    Handshake.Connected made =
        Handshake.call(new InetSocketAddress(host, port), hello, key, patience);
    try {
      return new ControlChannel(-1, encrypt, made.channel(), made.session());
    } catch (IOException | RuntimeException e) {
      made.channel().close();
      throw e;
    }
  }

  /** The rank at the other end; -1 is the driver. */
  public int rank() {
    return rank;
  }

  /**
   * Sends one message.
   *
   * @throws IOException if the other end has left
   */
  public void send(byte[] message) throws IOException {
    if (message.length > MOST_BYTES) {
      throw new IllegalArgumentException(
          "control: a message of "
              + message.length
              + " bytes came but at most "
              + MOST_BYTES
              + " fit; send less, or split it");
    }
    synchronized (out) {
      int at = 0;
      int room = Frames.MOST_PAYLOAD - 4;
      sendBuffer.putInt(Frames.HEADER, message.length);
      do {
        int head = at == 0 ? 4 : 0;
        int n = Math.min(room, message.length - at);
        sendBuffer.put(Frames.HEADER + head, message, at, n);
        int end = sending.seal(sendBuffer, 0, head + n);
        out.write(sendBuffer.array(), 0, end);
        at += n;
      } while (at < message.length);
    }
  }

  /**
   * The next message.
   *
   * @throws SocketTimeoutException if none came in time; one may ask again
   * @throws IOException if the other end has left or the bytes are not as they were sent
   */
  public byte[] receive(Duration patience) throws IOException {
    long end = System.nanoTime() + patience.toNanos();
    int n = frame(end);
    int length = n < 4 ? -1 : receiveBuffer.getInt(Frames.HEADER);
    if (length < n - 4 || length > MOST_BYTES) {
      throw new IOException("a message of " + length + " bytes is announced; it is not possible");
    }
    ByteArrayOutputStream message = new ByteArrayOutputStream(Math.max(16, n));
    message.write(receiveBuffer.array(), Frames.HEADER + 4, n - 4);
    have = 0;
    while (message.size() < length) {
      // A message once begun must come as a whole, and soon.
      n = frame(System.nanoTime() + Duration.ofSeconds(10).toNanos());
      if (n > length - message.size()) {
        throw new IOException("more bytes came than the message has");
      }
      message.write(receiveBuffer.array(), Frames.HEADER, n);
      have = 0;
    }
    return message.toByteArray();
  }

  /** Reads a whole frame and opens it; a part that came before a timeout is kept. */
  private int frame(long end) throws IOException {
    while (true) {
      int needed = have < Frames.HEADER ? Frames.HEADER : receiving.sizeAt(receiveBuffer, 0);
      if (have >= Frames.HEADER && have == needed) {
        return receiving.open(receiveBuffer, 0);
      }
      long left = (end - System.nanoTime()) / 1_000_000;
      if (left <= 0) {
        throw new SocketTimeoutException("no message came in time");
      }
      channel.socket().setSoTimeout((int) Math.min(left, Integer.MAX_VALUE));
      int n = in.read(receiveBuffer.array(), have, needed - have);
      if (n < 0) {
        throw new EOFException("the other end left");
      }
      have += n;
    }
  }

  /** Leaves; a receiving thread ends with an exception. */
  @Override
  public void close() throws IOException {
    channel.close();
  }
}
