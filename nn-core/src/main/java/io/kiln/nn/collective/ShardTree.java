package io.kiln.nn.collective;

import java.util.ArrayList;
import java.util.List;

/**
 * The fixed binary tree over virtual shards in which sums are added.
 *
 * <p>Node (level, index) covers the shards {@code [index·2^level, (index+1)·2^level)}, as far as
 * they exist. A node's sum is its left child's plus its right child's; where the right child has no
 * shards it is the left child's alone. So the bits of the root's sum depend on the number of shards
 * only, never on who added what.
 *
 * @param shards number of virtual shards, 1 or more
 */
public record ShardTree(int shards) {
  /** Most shards a tree may have. */
  public static final int MOST_SHARDS = 1 << 24;

  /** One node of the tree. */
  public record Node(int level, int index) {}

  /** Checks the number of shards. */
  public ShardTree {
    if (shards < 1 || shards > MOST_SHARDS) {
      throw new IllegalArgumentException(
          "shard tree: " + shards + " shards came but 1 to " + MOST_SHARDS + " are possible");
    }
  }

  /** First shard of a worker: {@code floor(rank·shards/size)}. Of rank = size: the end. */
  public int first(int rank, int size) {
    if (size < 1 || rank < 0 || rank > size) {
      throw new IllegalArgumentException(
          "shard tree: rank " + rank + " of " + size + " workers came; ranks are 0 to size - 1");
    }
    return (int) ((long) rank * shards / size);
  }

  /** Level of the root: the least L with {@code 2^L ≥ shards}. */
  public int height() {
    return 32 - Integer.numberOfLeadingZeros(shards - 1);
  }

  /** Whether the node covers at least one shard. */
  boolean exists(int level, int index) {
    return (long) index << level < shards;
  }

  /** The end of the shards the node covers, exclusive. */
  private int end(int level, int index) {
    return (int) Math.min(shards, (index + 1L) << level);
  }

  /**
   * The fewest nodes that together cover exactly the shards from (inclusive) to (exclusive), in
   * order.
   */
  public List<Node> cover(int from, int to) {
    if (from < 0 || from > to || to > shards) {
      throw new IllegalArgumentException(
          "shard tree: shards " + from + " to " + to + " came but there are " + shards);
    }
    List<Node> nodes = new ArrayList<>();
    int at = from;
    while (at < to) {
      int level = 0;
      while (level < height()
          && at % (1L << (level + 1)) == 0
          && end(level + 1, at >> (level + 1)) <= to) {
        level++;
      }
      nodes.add(new Node(level, at >> level));
      at = end(level, at >> level);
    }
    return nodes;
  }

  /**
   * Whether every one of {@code size} workers has exactly one node, all of one level: then sums can
   * be exchanged by recursive doubling.
   */
  boolean aligned(int size) {
    return shards % size == 0
        && Integer.bitCount(size) == 1
        && Integer.bitCount(shards / size) == 1;
  }
}
