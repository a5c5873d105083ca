package io.kiln.nn.collective;

import io.kiln.nn.tensor.Tensor;

/**
 * What W workers do together. Every worker makes the same calls in the same order, one at a time;
 * each call returns when the worker has its result and throws {@link PeerException} when a peer is
 * lost, after which the collective is of no more use and must be closed.
 *
 * <p>Order of calls: {@link #broadcast} the first parameters, then in each step fill a {@link
 * TreeSum} and {@link #allReduce} it, {@link #exchange} small things such as votes, finally {@link
 * #close}. Only {@code close} may come from another thread; it ends a call that waits.
 */
public interface Collective extends AutoCloseable {
  /** This worker's place among the workers. */
  record Place(int rank, int size) {
    /** Checks the range. */
    public Place {
      if (size < 1 || rank < 0 || rank >= size) {
        throw new IllegalArgumentException(
            "collective: rank " + rank + " of " + size + " came; ranks are 0 to size - 1");
      }
    }
  }

  /** Rank and number of workers. */
  Place place();

  /**
   * The sum over all shards of all workers, with the same bits on every worker and for every number
   * of workers. The local sum must be complete; it is cleared, ready for the next step.
   *
   * <p>Shapes: as many numbers in {@code out} as in the sum, of the same width. {@code out} may be
   * a tensor that was lent to the sum.
   *
   * @throws PeerException if a peer is lost, or came with another length or another tree
   * @throws IllegalArgumentException if the sum lacks a shard or {@code out} does not fit
   */
  void allReduce(TreeSum local, Tensor out);

  /**
   * Copies rank 0's numbers to every worker.
   *
   * @throws PeerException if a peer is lost or came with another length
   */
  void broadcast(Tensor tensor);

  /**
   * Gives everybody's bytes to everybody, in rank order. Meant for metrics and votes: at most
   * {@value Link#MOST_BYTES} bytes each.
   *
   * @throws PeerException if a peer is lost
   */
  byte[][] exchange(byte[] mine);

  /** How this worker reaches the others, in words for a report. */
  String way();

  /** Leaves; waiting calls of this worker and of its peers end with a {@link PeerException}. */
  @Override
  void close();

  /** Rank of this worker, 0 to size - 1. */
  default int rank() {
    return place().rank();
  }

  /** Number of workers. */
  default int size() {
    return place().size();
  }

  /** The collective of a single worker: no sockets, no copies but the result. */
  static Collective alone() {
    return new Alone();
  }
}
