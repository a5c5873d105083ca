package io.kiln.nn.collective;

import io.kiln.nn.tensor.DType;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.Tensor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * The sum of all workers' tree nodes by slices: worker q owns the q-th slice of the vector, gets
 * that slice of every node from everybody, adds them in tree order and gives the result to
 * everybody. The parts of a slice (64 KiB each) flow on their own: a part is added and passed on as
 * soon as it has come from all, while later parts are still under way.
 *
 * <p>Each worker sends and receives about {@code (nodes + 1)·n·(W-1)/W} numbers. A broadcast is the
 * same with a single node, at rank 0.
 */
final class Slices {
  private static final int ALIGN = 16;

  private final int rank;
  private final int count;
  private final int width;
  private final int part;
  private final int[] starts;
  private final int[] nodesOf;
  private final int[] slotOf;
  private final Tensor[] slots;
  private final Additions additions;
  private final int result;
  private final int[] arrived;
  private final Peer[] peers;
  private final Tensor[] own;
  private Tensor out;
  private int ready;

  /**
   * A plan for vectors of one length.
   *
   * @param covers the nodes each worker has, in rank order
   */
  Slices(ShardTree tree, List<List<ShardTree.Node>> covers, int rank, DType dtype, int count) {
    int size = covers.size();
    this.rank = rank;
    this.count = count;
    this.width = dtype.bytes();
    this.part = Frames.MOST_PAYLOAD / width;
    this.starts = new int[size + 1];
    long blocks = (count + (long) ALIGN - 1) / ALIGN;
    for (int q = 0; q <= size; q++) {
      starts[q] = (int) Math.min(count, q * blocks / size * ALIGN);
    }
    this.nodesOf = new int[size];
    this.slotOf = new int[size];
    List<ShardTree.Node> leaves = new ArrayList<>();
    for (int q = 0; q < size; q++) {
      slotOf[q] = leaves.size();
      nodesOf[q] = covers.get(q).size();
      leaves.addAll(covers.get(q));
    }
    this.slots = new Tensor[leaves.size()];
    for (int q = 0; q < size; q++) {
      for (int i = 0; i < nodesOf[q]; i++) {
        int n = q == rank ? 0 : length(rank);
        slots[slotOf[q] + i] = Tensor.zeros(Shape.of(n), dtype);
      }
    }
    this.additions = Additions.of(tree, leaves, List.of(new ShardTree.Node(tree.height(), 0)));
    this.result = additions.results()[0];
    this.arrived = new int[size];
    this.own = new Tensor[nodesOf[rank]];
    this.out = Tensor.zeros(Shape.of(0), dtype);
    this.peers = new Peer[size];
    for (int q = 0; q < size; q++) {
      peers[q] = new Peer(q);
    }
  }

  private int length(int q) {
    return starts[q + 1] - starts[q];
  }

  /** Takes this call's own nodes, already set with {@link #own}, and begins a message each way. */
  void begin(Link[] links, Link.Kind kind, int call, int shape, Tensor sum) {
    out = sum;
    ready = 0;
    for (int q = 0; q < peers.length; q++) {
      arrived[q] = nodesOf[q] == 0 || q == rank ? length(rank) : 0;
    }
    combine();
    for (Link link : links) {
      int q = link.rank();
      Peer peer = peers[q];
      peer.reset();
      long toSend = ((long) nodesOf[rank] * length(q) + length(rank)) * width;
      long toReceive = ((long) nodesOf[q] * length(rank) + length(q)) * width;
      link.begin(kind, call, shape, count, toSend, peer, toReceive, peer);
    }
  }

  /** Sets this worker's i-th node; its own slice will be overwritten. */
  void own(int i, Tensor node) {
    own[i] = node;
  }

  private Tensor slot(int i) {
    int mine = i - slotOf[rank];
    return mine >= 0 && mine < own.length ? own[mine] : slots[i];
  }

  private int base(int i) {
    int mine = i - slotOf[rank];
    return mine >= 0 && mine < own.length ? starts[rank] : 0;
  }

  /** Adds the parts of this worker's slice that have come from all. */
  private void combine() {
    int complete = length(rank);
    for (int q = 0; q < arrived.length; q++) {
      complete = Math.min(complete, arrived[q]);
    }
    while (ready < complete) {
      int n = Math.min(part, complete - ready);
      for (int k = 0; k < additions.count(); k++) {
        Tensor sum = slot(additions.into()[k]);
        int at = base(additions.into()[k]) + ready;
        Flat.add(sum, at, slot(additions.from()[k]), base(additions.from()[k]) + ready, n);
      }
      Flat.copy(out, starts[rank] + ready, slot(result), base(result) + ready, n);
      ready += n;
    }
  }

  /** The two messages with one peer: first nodes of the receiver's slice, then the sender's sum. */
  private final class Peer implements Link.Source, Link.Sink {
    private final int q;
    private int sentPart;
    private int sentNode;
    private int sentSum;
    private int takenPart;
    private int takenNode;
    private int takenSum;

    Peer(int q) {
      this.q = q;
    }

    void reset() {
      sentPart = 0;
      sentNode = 0;
      sentSum = 0;
      takenPart = 0;
      takenNode = 0;
      takenSum = 0;
    }

    @Override
    public int fill(WireBuffer to, int at, int room) {
      if (own.length > 0 && sentPart < length(q)) {
        int n = Math.min(part, length(q) - sentPart);
        to.put(at, own[sentNode], starts[q] + sentPart, n);
        if (++sentNode == own.length) {
          sentNode = 0;
          sentPart += n;
        }
        return n * width;
      }
      int n = Math.min(part, ready - sentSum);
      to.put(at, out, starts[rank] + sentSum, n);
      sentSum += n;
      return n * width;
    }

    @Override
    public boolean take(WireBuffer from, int at, int length) throws IOException {
      int n = length / width;
      if (nodesOf[q] > 0 && takenPart < length(rank)) {
        expect(length, Math.min(part, length(rank) - takenPart));
        from.get(at, slots[slotOf[q] + takenNode], takenPart, n);
        if (++takenNode == nodesOf[q]) {
          takenNode = 0;
          takenPart += n;
          arrived[q] = takenPart;
          combine();
        }
        return true;
      }
      expect(length, Math.min(n, length(q) - takenSum));
      from.get(at, out, starts[q] + takenSum, n);
      takenSum += n;
      return true;
    }

    private void expect(int length, int numbers) throws IOException {
      if (length != numbers * width) {
        throw new IOException(
            "a part of " + length + " bytes came but " + numbers * width + " were due");
      }
    }
  }
}
