package io.kiln.nn.collective;

import io.kiln.nn.tensor.DType;
import io.kiln.nn.tensor.Tensor;
import java.io.IOException;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Workers of which each has a link with every other. One thread drives all links of a worker with
 * non-blocking calls, so a worker always reads while it writes, and full buffers cannot make two
 * workers wait for each other.
 *
 * <p>Vectors are summed by {@link Doubling} where the workers' shards are subtrees of one size and
 * the vector is short (or there are just two workers), else by {@link Slices}.
 */
final class Mesh implements Collective {
  /**
   * Above this many bytes slices beat doubling with four workers or more. Measured by {@link
   * AllReduceProbe} with 4 and with 8 processes on 2 cores, over loopback: at 64 KiB doubling takes
   * half the time, at 256 KiB slices take less by a fifth to a third, at 1 MiB half.
   */
  static final int LONG_VECTOR = 1 << 17;

  /** About twice what it takes to sleep and be woken. */
  private static final long CLOSELY_NANOS = 100_000;

  private static final int LOOKS = 32;

  private static final long BREATH_NANOS = 5_000_000;

  /** A worker waits this part of its deadline longer to see who hangs. */
  private static final int PATIENCE = 5;

  /** One for each length that a step exchanges: a network can have many synchronized layers. */
  private static final int MOST_PLANS = 64;

  private record Plan(Link.Kind kind, int shape, int count, Slices slices) {}

  private final Place place;
  private final Selector selector;
  private final Link[] links;
  private final Link[] oneLink = new Link[1];
  private final long deadline;
  private final List<Plan> plans = new ArrayList<>();
  private final Doubling doubling = new Doubling();
  private final int longVector;
  private final boolean encrypted;
  private final boolean closely;
  private int call;
  private volatile boolean closed;

  /**
   * The mesh of proven links.
   *
   * @param links one to every other worker, in rank order
   * @param longVector above so many bytes slices are used
   * @param closely whether to look at shared memory again and again before this thread sleeps
   */
  Mesh(
      Place place,
      Selector selector,
      Link[] links,
      LinkOptions options,
      int longVector,
      boolean closely) {
    this.place = place;
    this.selector = selector;
    this.links = links;
    this.deadline = options.readDeadline().toNanos();
    this.longVector = longVector;
    this.encrypted = options.encrypt();
    this.closely = closely;
  }

  @Override
  public Place place() {
    return place;
  }

  @Override
  public void allReduce(TreeSum local, Tensor out) {
    local.checkReady(place, out);
    int shape = shape(local.tree(), out.dtype());
    call++;
    boolean brief = (long) out.count() * out.dtype().bytes() <= longVector;
    if (local.tree().aligned(size()) && (brief || size() == 2)) {
      Tensor mine = local.node(0);
      for (int distance = 1; distance < size(); distance *= 2) {
        int partner = rank() ^ distance;
        oneLink[0] = links[partner < rank() ? partner : partner - 1];
        doubling.begin(oneLink[0], call, shape, mine, out);
        run(oneLink);
        mine = out;
      }
    } else {
      Slices slices = plan(Link.Kind.REDUCE, local.tree(), shape, out);
      for (int i = 0; i < local.nodes(); i++) {
        slices.own(i, local.node(i));
      }
      slices.begin(links, Link.Kind.REDUCE, call, shape, out);
      run(links);
    }
    local.clear();
  }

  @Override
  public void broadcast(Tensor tensor) {
    ShardTree one = new ShardTree(1);
    int shape = shape(one, tensor.dtype());
    call++;
    Slices slices = plan(Link.Kind.BROADCAST, one, shape, tensor);
    if (rank() == 0) {
      slices.own(0, tensor);
    }
    slices.begin(links, Link.Kind.BROADCAST, call, shape, tensor);
    run(links);
  }

  /** What two workers that sum the same must agree on. */
  static int shape(ShardTree tree, DType dtype) {
    return tree.shards() << 1 | (dtype == DType.FLOAT64 ? 1 : 0);
  }

  private Slices plan(Link.Kind kind, ShardTree tree, int shape, Tensor vector) {
    for (int i = 0; i < plans.size(); i++) {
      Plan plan = plans.get(i);
      if (plan.kind == kind && plan.shape == shape && plan.count == vector.count()) {
        return plan.slices;
      }
    }
    List<List<ShardTree.Node>> covers = new ArrayList<>();
    for (int q = 0; q < size(); q++) {
      int from = kind == Link.Kind.BROADCAST ? Math.min(q, 1) : tree.first(q, size());
      int to = kind == Link.Kind.BROADCAST ? 1 : tree.first(q + 1, size());
      covers.add(tree.cover(from, to));
    }
    Slices slices = new Slices(tree, covers, rank(), vector.dtype(), vector.count());
    if (plans.size() == MOST_PLANS) {
      plans.remove(0);
    }
    plans.add(new Plan(kind, shape, vector.count(), slices));
    return slices;
  }

  @Override
  public byte[][] exchange(byte[] mine) {
    Link.checkLength(mine);
    call++;
    byte[][] all = new byte[size()][];
    all[rank()] = mine.clone();
    for (Link link : links) {
      Letter letter = new Letter(mine, all, link.rank());
      link.begin(Link.Kind.EXCHANGE, call, 0, mine.length, mine.length, letter, 0, letter);
    }
    run(links);
    return all;
  }

  /** The two messages of an exchange with one peer. */
  private static final class Letter implements Link.Source, Link.Sink {
    private final byte[] mine;
    private final byte[][] all;
    private final int rank;
    private int sent;
    private int taken;

    Letter(byte[] mine, byte[][] all, int rank) {
      this.mine = mine;
      this.all = all;
      this.rank = rank;
    }

    @Override
    public int fill(WireBuffer to, int at, int room) {
      to.bytes.put(at, mine, sent, room);
      sent += room;
      return room;
    }

    @Override
    public void expect(long bytes) {
      all[rank] = new byte[(int) bytes];
    }

    @Override
    public boolean take(WireBuffer from, int at, int length) {
      from.bytes.get(at, all[rank], taken, length);
      taken += length;
      return true;
    }
  }

  /** Drives the messages of these links until all are through. */
  private void run(Link[] active) {
    Link at = active[0];
    boolean whole = false;
    boolean gaveUp = false;
    try {
      long moved = System.nanoTime();
      while (true) {
        boolean progress = false;
        boolean done = true;
        for (Link link : active) {
          if (!link.done()) {
            at = link;
            progress |= link.move();
            done &= link.done();
          }
        }
        if (done) {
          break;
        }
        long now = System.nanoTime();
        if (progress) {
          moved = now;
        } else if (now - moved > deadline) {
          at = late(active, at);
          gaveUp = true;
          at = silentAlone(active, at);
          throw new IOException(silence(deadline) + ", or the network is cut");
        } else if (!looks(active)) {
          at = late(active, at);
          sleep(active, deadline - (now - moved));
        }
      }
      whole = true;
    } catch (IOException | CancelledKeyException | ClosedSelectorException e) {
      if (closed) {
        throw new PeerException(at.rank(), at.host(), "this worker left while waiting for it", e);
      }
      Link hung = gaveUp ? null : hung(at, active);
      if (hung != null) {
        throw new PeerException(hung.rank(), hung.host(), silence(deadline), e);
      }
      throw new PeerException(at.rank(), at.host(), String.valueOf(e.getMessage()), e);
    } finally {
      if (!whole) {
        close();
      }
    }
  }

  /**
   * The peer that hangs, if the one that is gone may have left because of it: of two that wait for
   * the same, one gives up first, and the other is to name whom both waited for. It waits for the
   * rest of its own time, if that is short: one that was killed is to be noticed at once.
   */
  private @Nullable Link hung(Link gone, Link[] active) {
    Link quiet = silent(active, gone);
    if (quiet == null) {
      return null;
    }
    long heard = quiet.lastHeard();
    if (System.nanoTime() - heard < deadline - deadline / PATIENCE) {
      return null;
    }
    gone.close();
    Link[] left = {quiet};
    try {
      long silent = System.nanoTime() - heard;
      while (silent <= deadline && quiet.lastHeard() == heard) {
        sleep(left, deadline - silent);
        silent = System.nanoTime() - heard;
      }
    } catch (IOException e) {
      return null;
    }
    return quiet.lastHeard() == heard ? quiet : null;
  }

  /**
   * The peer that hangs, of several that are silent: this worker tells all that it gives up, and
   * those that do not hang leave too.
   *
   * @param likely the one to name if that does not tell
   */
  private Link silentAlone(Link[] active, Link likely) throws IOException {
    List<Link> left = new ArrayList<>();
    for (Link link : active) {
      if (!link.done()) {
        left.add(link);
      }
    }
    long start = System.nanoTime();
    if (left.size() > 1) {
      for (Link link : left) {
        link.lane().leave();
      }
    }
    while (left.size() > 1 && System.nanoTime() - start < 2 * deadline / PATIENCE) {
      left.removeIf(link -> link.lane().hasLeft());
      if (Thread.currentThread().isInterrupted()) {
        throw new CancellationException("collective: interrupted while waiting for a peer");
      }
      LockSupport.parkNanos(BREATH_NANOS);
    }
    return left.isEmpty() || left.contains(likely) ? likely : left.get(0);
  }

  /** Looks at shared memory for a while; whether something has happened there. */
  private boolean looks(Link[] active) {
    long start = System.nanoTime();
    while (closely && System.nanoTime() - start < CLOSELY_NANOS) {
      for (int i = 0; i < LOOKS; i++) {
        for (Link link : active) {
          if (!link.done() && link.stirs()) {
            return true;
          }
        }
        Thread.onSpinWait();
      }
    }
    return false;
  }

  private void sleep(Link[] active, long nanos) throws IOException {
    for (Link link : active) {
      if (!link.done()) {
        link.await();
      }
    }
    boolean progress = false;
    for (Link link : active) {
      // A peer in this JVM may have moved before it could know that we wait.
      progress |= !link.done() && link.move();
    }
    if (!progress) {
      selector.select(Mesh::nothing, Math.max(1, nanos / 1_000_000));
    }
    for (Link link : active) {
      link.rest();
    }
    if (Thread.currentThread().isInterrupted()) {
      throw new CancellationException("collective: interrupted while waiting for a peer");
    }
  }

  /** What is said of a peer of which nothing was heard. */
  static String silence(long nanos) {
    return "nothing came for " + nanos / 1_000_000_000.0 + " s; it hangs";
  }

  private static void nothing(SelectionKey key) {}

  private static Link late(Link[] active, Link at) {
    Link found = silent(active, null);
    return found == null ? at : found;
  }

  /**
   * Of the peers that are waited for, the one that owes most, and of those that owe about the same
   * the one of which nothing was heard for the longest time: a peer that only waits for another has
   * sent what it could.
   *
   * @param gone one that is not meant, or null
   * @return null if none is waited for
   */
  private static @Nullable Link silent(Link[] active, @Nullable Link gone) {
    Link found = null;
    for (Link link : active) {
      if (link == gone || link.done()) {
        continue;
      }
      found = found == null || isLater(link, found) ? link : found;
    }
    return found;
  }

  /** Slices are not all of one length: what two owe about the same says nothing. */
  private static boolean isLater(Link a, Link b) {
    long more = a.missing() - b.missing();
    long about = Math.max(a.missing(), b.missing()) / 8;
    return Math.abs(more) > about ? more > 0 : a.lastHeard() - b.lastHeard() < 0;
  }

  @Override
  public String way() {
    boolean shared = false;
    boolean other = false;
    for (Link link : links) {
      shared |= link.lane().shared();
      other |= !link.lane().shared();
    }
    String sockets = encrypted ? "encrypted sockets" : "sockets";
    return !shared ? sockets : other ? "shared memory and " + sockets : "shared memory";
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      for (Link link : links) {
        link.close();
      }
      try {
        selector.close();
      } catch (IOException e) {
        throw new IllegalStateException("collective: the selector cannot be closed", e);
      }
    }
  }
}
