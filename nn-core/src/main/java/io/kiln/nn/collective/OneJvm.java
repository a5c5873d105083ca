package io.kiln.nn.collective;

import io.kiln.nn.tensor.Tensor;
import io.kiln.nn.thread.Waiting;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Workers that are threads of one JVM: they read each other's memory. Worker q adds the q-th slice
 * of the numbers out of everybody's nodes in tree order, then copies the other slices from those
 * who added them; nothing is sent, nothing is copied before it is added.
 *
 * <p>In each call they meet: when all have come, when all slices are added, when all are copied.
 */
final class OneJvm implements Collective {
  private static final int ALIGN = 16;

  /** What the workers share. */
  private static final class Room {
    final Seat[] seats;
    final Waiting waiting;

    Room(int size) {
      this.seats = new Seat[size];
      for (int q = 0; q < size; q++) {
        seats[q] = new Seat();
      }
      this.waiting = new Waiting(size);
    }
  }

  /** What a worker shows the others; written before it counts a meeting, read after. */
  private static final class Seat {
    volatile boolean taken;
    volatile boolean left;
    volatile long meetings;
    Link.Kind kind = Link.Kind.EXCHANGE;
    int call;
    int shape;
    int numbers;
    Tensor[] nodes = {};
    @Nullable Tensor vector;
    byte[] bytes = {};
  }

  private static final Map<String, Room> OPEN = new HashMap<>();

  private final Place place;
  private final Room room;
  private final Seat mine;
  private final List<MeshEndpoint.Address> table;
  private final long deadline;
  private final BooleanSupplier settled = this::isSettled;
  private Tensor[] nodes = {};
  private Tensor[] all = {};
  private int call;

  private OneJvm(Place place, Room room, List<MeshEndpoint.Address> table, LinkOptions options) {
    this.place = place;
    this.room = room;
    this.mine = room.seats[place.rank()];
    this.table = List.copyOf(table);
    this.deadline = options.readDeadline().toNanos();
  }

  /**
   * Waits until all workers have come to the place of that name.
   *
   * @param end when to give up, on {@link System#nanoTime}'s clock
   * @throws PeerException if one does not come in time
   */
  static Collective join(
      String name, Place place, List<MeshEndpoint.Address> table, LinkOptions options, long end) {
    Room room;
    synchronized (OPEN) {
      room = OPEN.computeIfAbsent(name, key -> new Room(place.size()));
    }
    OneJvm worker = new OneJvm(place, room, table, options);
    worker.mine.taken = true;
    room.waiting.tell();
    boolean came = false;
    try {
      came = room.waiting.until(worker::allCame, Math.max(1, end - System.nanoTime()));
    } catch (InterruptedException e) {
      throw worker.interrupted();
    } finally {
      synchronized (OPEN) {
        OPEN.remove(name, room);
      }
      if (!came) {
        worker.close();
      }
    }
    for (int q = 0; q < place.size(); q++) {
      if (!room.seats[q].taken) {
        throw worker.lost(
            q,
            "no link could be made at the start; it did not come in time, though it is in the same"
                + " process");
      }
    }
    return worker;
  }

  private boolean allCame() {
    for (Seat seat : room.seats) {
      if (!seat.taken) {
        return false;
      }
    }
    return true;
  }

  @Override
  public Place place() {
    return place;
  }

  @Override
  public void allReduce(TreeSum local, Tensor out) {
    local.checkReady(place, out);
    Additions additions = local.overWorkers(size());
    if (nodes.length != local.nodes()) {
      nodes = new Tensor[local.nodes()];
    }
    for (int i = 0; i < nodes.length; i++) {
      nodes[i] = local.node(i);
    }
    if (all.length != additions.slots()) {
      all = new Tensor[additions.slots()];
    }
    mine.nodes = nodes;
    mine.vector = out;
    begin(Link.Kind.REDUCE, Mesh.shape(local.tree(), out.dtype()), out.count());
    int slot = 0;
    for (Seat seat : room.seats) {
      for (Tensor node : seat.nodes) {
        all[slot++] = node;
      }
    }
    if (size() == 2 && additions.keepsSlots() && !isWrittenTo()) {
      // Of two, each adds all: it reads as much of the other's memory as it would copy, and waits
      // once less.
      additions.run(all, out, 0, out.count());
      meet();
    } else {
      additions.run(all, out, start(rank(), out.count()), start(rank() + 1, out.count()));
      meet();
      for (int q = 0; q < size(); q++) {
        if (q != rank()) {
          int at = start(q, out.count());
          Flat.copy(out, at, vector(q), at, start(q + 1, out.count()) - at);
        }
      }
      meet();
    }
    local.clear();
  }

  /** Whether what is added lies where some worker's sum is to be; the same to all workers. */
  private boolean isWrittenTo() {
    for (int q = 0; q < size(); q++) {
      for (Tensor node : all) {
        if (node.sharesWith(vector(q))) {
          return true;
        }
      }
    }
    return false;
  }

  /** Where a worker's slice begins. */
  private int start(int q, int count) {
    long blocks = (count + (long) ALIGN - 1) / ALIGN;
    return (int) Math.min(count, q * blocks / size() * ALIGN);
  }

  private Tensor vector(int q) {
    return Objects.requireNonNull(room.seats[q].vector);
  }

  @Override
  public void broadcast(Tensor tensor) {
    mine.vector = tensor;
    begin(Link.Kind.BROADCAST, Mesh.shape(new ShardTree(1), tensor.dtype()), tensor.count());
    if (rank() != 0) {
      Flat.copy(tensor, 0, vector(0), 0, tensor.count());
    }
    meet();
  }

  @Override
  public byte[][] exchange(byte[] bytes) {
    Link.checkLength(bytes);
    mine.bytes = bytes;
    begin(Link.Kind.EXCHANGE, 0, 0);
    byte[][] all = new byte[size()][];
    for (int q = 0; q < size(); q++) {
      all[q] = room.seats[q].bytes.clone();
    }
    meet();
    return all;
  }

  /** Shows the others what this worker is about to do, and sees whether they do the same. */
  private void begin(Link.Kind kind, int shape, int numbers) {
    call++;
    mine.kind = kind;
    mine.call = call;
    mine.shape = shape;
    mine.numbers = numbers;
    meet();
    for (int q = 0; q < size(); q++) {
      Seat seat = room.seats[q];
      if (seat.kind != kind || seat.call != call) {
        throw leave(q, Link.otherCall(seat.call, seat.kind.name(), call, kind));
      }
      if (seat.shape != shape) {
        throw leave(q, Link.OTHER_SHAPE);
      }
      if (seat.numbers != numbers) {
        throw leave(q, Link.otherLength(seat.numbers, numbers));
      }
    }
  }

  /** Waits until all have come as often as this worker. */
  @SuppressWarnings("NonAtomicVolatileUpdate") // one thread writes
  private void meet() {
    mine.meetings++;
    room.waiting.tell();
    boolean inTime;
    try {
      inTime = room.waiting.until(settled, deadline);
    } catch (InterruptedException e) {
      throw interrupted();
    }
    for (int q = 0; q < size(); q++) {
      Seat seat = room.seats[q];
      if (seat.meetings < mine.meetings) {
        if (mine.left) {
          throw lost(q, "this worker left while waiting for it");
        }
        if (seat.left || !inTime) {
          throw leave(q, seat.left ? Link.LEFT : Mesh.silence(deadline));
        }
      }
    }
  }

  /** Whether all have come, or one will never come. */
  private boolean isSettled() {
    boolean all = true;
    for (Seat seat : room.seats) {
      if (seat.meetings < mine.meetings) {
        if (seat.left) {
          return true;
        }
        all = false;
      }
    }
    return all || mine.left;
  }

  private CancellationException interrupted() {
    close();
    Thread.currentThread().interrupt();
    return new CancellationException("collective: interrupted while waiting for a peer");
  }

  private PeerException leave(int q, String why) {
    close();
    return lost(q, why);
  }

  private PeerException lost(int q, String why) {
    return new PeerException(q, table.get(q).host(), why, null);
  }

  @Override
  public String way() {
    return "memory of one JVM";
  }

  @Override
  public void close() {
    mine.left = true;
    room.waiting.tell();
  }
}
