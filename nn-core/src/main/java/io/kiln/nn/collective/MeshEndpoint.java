package io.kiln.nn.collective;

import io.kiln.nn.collective.Handshake.Hello;
import io.kiln.nn.collective.Handshake.Role;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A worker's end of a mesh that is still to be made.
 *
 * <p>Order of calls: {@link #open}; tell everybody one's {@link #address} by some other way; {@link
 * #join} with everybody's addresses, which gives the {@link Collective}. The listener is closed as
 * soon as all peers have come, so nothing can be knocked at during training.
 */
public final class MeshEndpoint implements Closeable {
  /**
   * Where a worker can be reached.
   *
   * @param jvm names the process; workers of one process exchange through memory
   */
  public record Address(int rank, String host, int port, String jvm) {}

  /** Names this process. */
  public static final String JVM = UUID.randomUUID().toString();

  private record Guest(SocketChannel channel, Handshake.Session session) {}

  private final Collective.Place place;
  private final LinkOptions options;
  private final AttemptKey key;
  private final int attempt;
  private final String host;
  private final Door door;
  private final @Nullable Guest[] guests;
  private boolean closed;

  private MeshEndpoint(
      String host, LinkOptions options, AttemptKey key, int attempt, Collective.Place place)
      throws IOException {
    this.host = host;
    this.options = options;
    this.key = key;
    this.attempt = attempt;
    this.place = place;
    this.guests = new Guest[place.size()];
    this.door = new Door(host, options.ports(), key, hello(-1, place.rank()), this::welcome);
  }

  /**
   * Opens a listener for the peers of higher rank.
   *
   * @param host the address to bind, and no other
   * @param attempt number of the attempt; callers of another one are refused
   * @throws IOException if no port is free or the address is not this machine's
   */
  public static MeshEndpoint open(
      String host, LinkOptions options, AttemptKey key, int attempt, Collective.Place place)
      throws IOException {
    return new MeshEndpoint(host, options, key, attempt, place);
  }

  /** Where peers reach this worker. */
  public Address address() {
    return new Address(place.rank(), host, door.port(), JVM);
  }

  private Hello hello(int from, int to) {
    return new Hello(Role.MESH, options.encrypt(), attempt, from, to, place.size());
  }

  private synchronized void welcome(SocketChannel channel, Hello hello, Handshake.Session session) {
    try {
      if (closed || hello.rank() <= place.rank() || guests[hello.rank()] != null) {
        channel.close();
        return;
      }
      guests[hello.rank()] = new Guest(channel, session);
      notifyAll();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  /**
   * Links this worker with all others: calls those of lower rank, waits for those of higher.
   *
   * @param table all workers in rank order
   * @throws PeerException if one does not come in time
   */
  public Collective join(List<Address> table) {
    return join(table, Mesh.LONG_VECTOR);
  }

  Collective join(List<Address> table, int longVector) {
    if (table.size() != place.size()) {
      throw new IllegalArgumentException(
          "mesh: " + table.size() + " addresses came but there are " + place.size() + " workers");
    }
    if (place.size() == 1) {
      close();
      return Collective.alone();
    }
    long end = System.nanoTime() + options.startTimeout().toNanos();
    if (table.stream().allMatch(peer -> peer.jvm().equals(JVM))) {
      try {
        return OneJvm.join(meeting(), place, table, options, end);
      } finally {
        close();
      }
    }
    Link[] links = new Link[place.size() - 1];
    Selector selector = null;
    boolean whole = false;
    try {
      selector = Selector.open();
      for (Address peer : table) {
        int rank = peer.rank();
        if (rank != place.rank()) {
          links[rank < place.rank() ? rank : rank - 1] = link(peer, selector, end);
        }
      }
      Mesh meeting = new Mesh(place, selector, links, options, longVector, false);
      Neighbours.share(meeting, links, table, SharedMemory.folder(), options.shares());
      whole = true;
      return new Mesh(place, selector, links, options, longVector, closely(table));
    } catch (IOException e) {
      throw new IllegalStateException("mesh: no selector can be opened; " + e.getMessage(), e);
    } finally {
      close();
      if (!whole) {
        close(selector, links);
      }
    }
  }

  /** Whether there is a processor for each of the workers on this machine, as far as is known. */
  private boolean closely(List<Address> table) {
    String here = table.get(place.rank()).host();
    long workers = table.stream().filter(one -> one.host().equals(here)).count();
    return workers <= Runtime.getRuntime().availableProcessors();
  }

  private Link link(Address peer, Selector selector, long end) {
    try {
      if (peer.jvm().equals(JVM)) {
        Frames none = new Frames(Frames.Protection.NONE, null);
        Pipe pipe = memory(peer.rank(), selector, end);
        return new Link(peer.rank(), peer.host(), new FramedLane(pipe, none, none));
      }
      SocketChannel channel;
      Handshake.Session session;
      if (peer.rank() < place.rank()) {
        Handshake.Connected made =
            Handshake.call(
                new InetSocketAddress(peer.host(), peer.port()),
                hello(place.rank(), peer.rank()),
                key,
                Duration.ofNanos(Math.max(1, end - System.nanoTime())));
        channel = made.channel();
        session = made.session();
      } else {
        Guest guest = await(peer.rank(), end);
        channel = guest.channel();
        session = guest.session();
      }
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
      channel.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
      Frames.Protection protection =
          options.encrypt() ? Frames.Protection.ENCRYPTION : Frames.Protection.CHECKSUM;
      return new Link(
          peer.rank(),
          peer.host(),
          new FramedLane(
              new Pipe.Socket(channel, selector),
              new Frames(protection, session.sendKey()),
              new Frames(protection, session.receiveKey())));
    } catch (IOException e) {
      throw new PeerException(
          peer.rank(), peer.host(), "no link could be made at the start; " + e.getMessage(), e);
    }
  }

  private synchronized Guest await(int rank, long end) throws IOException {
    while (true) {
      Guest guest = guests[rank];
      if (guest != null) {
        guests[rank] = null;
        return guest;
      }
      long left = (end - System.nanoTime()) / 1_000_000;
      if (left <= 0 || closed) {
        throw new IOException(
            "it did not call within " + options.startTimeout().toSeconds() + " s");
      }
      try {
        wait(left);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new java.io.InterruptedIOException("interrupted while waiting for its call");
      }
    }
  }

  private Pipe memory(int peer, Selector selector, long end) throws IOException {
    int low = Math.min(peer, place.rank());
    int high = Math.max(peer, place.rank());
    return MemoryPipes.meet(meeting() + ' ' + low + ' ' + high, selector, end);
  }

  /** A name that only workers of the same attempt know. */
  private String meeting() {
    byte[] label = ("memory of attempt " + attempt).getBytes(StandardCharsets.US_ASCII);
    return HexFormat.of().formatHex(key.mac(label));
  }

  private static void close(@Nullable Selector selector, @Nullable Link[] links) {
    for (Link link : links) {
      if (link != null) {
        link.close();
      }
    }
    if (selector != null) {
      try {
        selector.close();
      } catch (IOException e) {
        throw new IllegalStateException("mesh: the selector cannot be closed", e);
      }
    }
  }

  /** Stops listening; links already given to a collective live on. */
  @Override
  public void close() {
    door.close();
    synchronized (this) {
      closed = true;
      notifyAll();
      for (Guest guest : guests) {
        if (guest != null) {
          try {
            guest.channel().close();
          } catch (IOException e) {
            throw new IllegalStateException("mesh: a connection cannot be closed", e);
          }
        }
      }
    }
  }
}
