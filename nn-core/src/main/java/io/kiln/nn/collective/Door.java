package io.kiln.nn.collective;

import io.kiln.nn.collective.Handshake.Hello;
import io.kiln.nn.collective.LinkOptions.PortRange;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A listening socket behind which only those come who know the attempt's key. One thread serves all
 * callers that have not proved themselves; each may send at most 88 bytes and has 3 seconds. A
 * stranger is dropped, costs nobody anything, and is logged once a minute an address.
 */
final class Door implements Closeable {
  private static final System.Logger LOG = System.getLogger(Door.class.getName());
  private static final int MOST_CALLERS = 256;
  private static final long LOG_EVERY = 60_000_000_000L;

  /** Takes over a proven connection, in non-blocking mode. */
  interface Guests {
    /** One caller who knows the key; the channel is the receiver's to close. */
    void welcome(SocketChannel channel, Hello hello, Handshake.Session session);
  }

  /** Somebody at the door. */
  private static final class Caller {
    final byte[] challenge = Handshake.challenge();
    final ByteBuffer heard = ByteBuffer.allocate(Handshake.HELLO_LENGTH + Handshake.PROOF_LENGTH);
    final long deadline = System.nanoTime() + LinkOptions.PROOF_TIMEOUT.toNanos();
  }

  private final AttemptKey key;
  private final Hello expected;
  private final Guests guests;
  private final Selector selector;
  private final ServerSocketChannel server;
  private final Map<String, Long> logged = new HashMap<>();

  /**
   * Opens a door.
   *
   * @param host the address to bind, and no other
   * @param expected what a caller's hello must say, its rank apart
   */
  Door(String host, PortRange ports, AttemptKey key, Hello expected, Guests guests)
      throws IOException {
    this.key = key;
    this.expected = expected;
    this.guests = guests;
    this.server = bind(host, ports);
    this.selector = watching(server);
    Thread thread = new Thread(this::serve, "kiln-door-" + port());
    thread.setDaemon(true);
    thread.start();
  }

  private static Selector watching(ServerSocketChannel server) throws IOException {
    Selector selector = null;
    try {
      selector = Selector.open();
      server.configureBlocking(false);
      server.register(selector, SelectionKey.OP_ACCEPT);
      return selector;
    } catch (IOException | RuntimeException e) {
      server.close();
      if (selector != null) {
        selector.close();
      }
      throw e;
    }
  }

  private static ServerSocketChannel bind(String host, PortRange ports) throws IOException {
    for (int port = ports.from(); ; port++) {
      ServerSocketChannel channel = ServerSocketChannel.open();
      try {
        channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
        return channel.bind(new InetSocketAddress(host, port), MOST_CALLERS);
      } catch (BindException e) {
        channel.close();
        if (port >= ports.to()) {
          throw new BindException(
              "listener: no free port of "
                  + ports.from()
                  + "-"
                  + ports.to()
                  + " on "
                  + host
                  + "; give a wider range, or 0 for any ("
                  + e.getMessage()
                  + ")");
        }
      } catch (IOException | RuntimeException e) {
        channel.close();
        throw e;
      }
    }
  }

  /** The port it listens on. */
  int port() {
    return server.socket().getLocalPort();
  }

  private void serve() {
    try {
      while (selector.isOpen()) {
        selector.select(250);
        List<SelectionKey> ready = new ArrayList<>(selector.selectedKeys());
        selector.selectedKeys().clear();
        for (SelectionKey one : ready) {
          if (one.isValid() && one.isAcceptable()) {
            accept();
          } else if (one.isValid() && one.isReadable()) {
            listen(one);
          }
        }
        expire();
      }
    } catch (IOException | ClosedSelectorException | java.nio.channels.CancelledKeyException e) {
      if (selector.isOpen()) {
        LOG.log(System.Logger.Level.WARNING, "listener: stopped by " + e);
      }
    } finally {
      close();
    }
  }

  private void accept() throws IOException {
    SocketChannel channel;
    try {
      channel = server.accept();
    } catch (ClosedChannelException e) {
      throw e;
    } catch (IOException e) {
      // No descriptor is free, for instance: the caller stays in the queue.
      LOG.log(System.Logger.Level.WARNING, "listener: a caller cannot be taken; " + e.getMessage());
      return;
    }
    if (channel == null) {
      return;
    }
    try {
      if (selector.keys().size() > MOST_CALLERS) {
        dropOldest();
      }
      channel.configureBlocking(false);
      Caller caller = new Caller();
      // A fresh socket's buffer takes 36 bytes at once; if not, the caller cannot answer and goes.
      channel.write(ByteBuffer.wrap(caller.challenge));
      channel.register(selector, SelectionKey.OP_READ, caller);
    } catch (IOException e) {
      refuse(channel, e);
    }
  }

  /** Makes room: who knows the key needs milliseconds, so the oldest is a stranger. */
  private void dropOldest() throws IOException {
    SelectionKey oldest = null;
    long deadline = 0;
    for (SelectionKey one : selector.keys()) {
      if (one.isValid()
          && one.attachment() instanceof Caller caller
          && (oldest == null || caller.deadline - deadline < 0)) {
        oldest = one;
        deadline = caller.deadline;
      }
    }
    if (oldest != null) {
      oldest.cancel();
      refuse((SocketChannel) oldest.channel(), new IOException("too many callers at once"));
    }
  }

  private void listen(SelectionKey one) throws IOException {
    SocketChannel channel = (SocketChannel) one.channel();
    Caller caller = (Caller) one.attachment();
    try {
      if (channel.read(caller.heard) < 0) {
        throw new IOException("it left before proving itself");
      }
      if (caller.heard.hasRemaining()) {
        return;
      }
      Handshake.Verdict verdict =
          Handshake.verify(key, caller.challenge, caller.heard.array(), expected);
      one.cancel();
      selector.selectNow();
      channel.write(ByteBuffer.wrap(verdict.answer));
      guests.welcome(channel, verdict.hello, verdict.session);
    } catch (IOException | UncheckedIOException e) {
      one.cancel();
      refuse(channel, e);
    }
  }

  private void expire() throws IOException {
    long now = System.nanoTime();
    for (SelectionKey one : selector.keys()) {
      if (one.attachment() instanceof Caller caller && now - caller.deadline > 0) {
        one.cancel();
        refuse((SocketChannel) one.channel(), new IOException("it proved nothing in 3 seconds"));
      }
    }
  }

  private void refuse(SocketChannel channel, Exception why) throws IOException {
    String from = String.valueOf(channel.socket().getInetAddress());
    channel.close();
    long now = System.nanoTime();
    Long last = logged.get(from);
    if (last == null || now - last > LOG_EVERY) {
      if (logged.size() >= MOST_CALLERS) {
        logged.clear();
      }
      logged.put(from, now);
      LOG.log(
          System.Logger.Level.WARNING,
          "listener: a connection from " + from + " was refused: " + why.getMessage());
    }
  }

  /** Stops listening and drops all who have not proved themselves. */
  @Override
  public void close() {
    try {
      server.close();
      if (selector.isOpen()) {
        for (SelectionKey one : List.copyOf(selector.keys())) {
          if (one.attachment() instanceof Caller) {
            one.channel().close();
          }
        }
        selector.close();
      }
    } catch (IOException | ClosedSelectorException e) {
      LOG.log(System.Logger.Level.DEBUG, "listener: closing said " + e);
    }
  }
}
