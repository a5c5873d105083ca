package io.kiln.nn.collective;

import io.kiln.nn.tensor.DType;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.Tensor;
import java.util.ArrayDeque;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One worker's part of a sum over shards, added in the order of a {@link ShardTree}.
 *
 * <p>In each step every shard of the worker is given once, with {@link #add} or {@link #lend}, by
 * any thread and in any order; then {@link Collective#allReduce} takes the whole and clears it. Two
 * neighbours are added as soon as both are there, so about log₂(shards) buffers exist at a time (as
 * many again for each thread that works on a range of its own), and none is made after the first
 * step.
 *
 * <p>Put what else is summed over samples (loss, counts) at the end of the same vector: one call
 * moves all.
 */
public final class TreeSum {
  /** A partial sum; {@code lent} if the memory is not ours to keep. */
  private static final class Partial {
    final Tensor tensor;
    final boolean lent;

    Partial(Tensor tensor, boolean lent) {
      this.tensor = tensor;
      this.lent = lent;
    }
  }

  private final ShardTree tree;
  private final int first;
  private final int end;
  private final DType dtype;
  private final int count;
  private final List<ShardTree.Node> cover;
  private final @Nullable Partial[][] waiting;
  private final BitSet given;
  private final ArrayDeque<Partial> spare = new ArrayDeque<>();
  private int placed;

  /**
   * The part of the shards that {@code place} owns.
   *
   * @param count numbers in each vector
   */
  public TreeSum(ShardTree tree, Collective.Place place, DType dtype, int count) {
    this.tree = tree;
    this.first = tree.first(place.rank(), place.size());
    this.end = tree.first(place.rank() + 1, place.size());
    this.dtype = dtype;
    this.count = count;
    this.cover = List.copyOf(tree.cover(first, end));
    this.given = new BitSet(end - first);
    this.waiting = new Partial[tree.height() + 1][];
    for (int level = 0; level <= tree.height() && end > first; level++) {
      waiting[level] = new Partial[((end - 1) >> level) - (first >> level) + 1];
    }
  }

  /** The tree. */
  public ShardTree tree() {
    return tree;
  }

  /** First shard of this worker. */
  public int first() {
    return first;
  }

  /** End of this worker's shards, exclusive. */
  public int end() {
    return end;
  }

  /** Numbers in each vector. */
  public int count() {
    return count;
  }

  /** Width of the numbers. */
  public DType dtype() {
    return dtype;
  }

  /**
   * Gives the sum of one shard; the tensor is read, not kept.
   *
   * @throws IllegalArgumentException if the shard is not of this worker, was already given, or the
   *     tensor does not fit
   */
  public void add(int shard, Tensor sum) {
    accept(shard, sum);
    merge(shard, sum, null);
  }

  /**
   * Gives the sum of one shard together with its memory: saves a copy. The tensor is used as a
   * buffer and must be left alone until {@link Collective#allReduce} has returned.
   *
   * @throws IllegalArgumentException as {@link #add}
   */
  public void lend(int shard, Tensor sum) {
    accept(shard, sum);
    merge(shard, sum, new Partial(sum, true));
  }

  private void accept(int shard, Tensor sum) {
    if (shard < first || shard >= end) {
      throw new IllegalArgumentException(
          "tree sum: shard " + shard + " came but this worker has " + first + " to " + (end - 1));
    }
    if (sum.dtype() != dtype || sum.count() != count) {
      throw new IllegalArgumentException(
          "tree sum: "
              + sum
              + " came but "
              + count
              + " numbers of "
              + dtype.label()
              + " are added");
    }
    synchronized (this) {
      if (given.get(shard - first)) {
        throw new IllegalArgumentException(
            "tree sum: shard " + shard + " came twice in one step; give every shard once");
      }
      given.set(shard - first);
    }
  }

  /** Walks up from the shard as long as the sibling is there; leaves the sum where it is not. */
  private void merge(int shard, Tensor sum, @Nullable Partial own) {
    Tensor current = sum;
    Partial partial = own;
    int level = 0;
    int index = shard;
    while (true) {
      Partial sibling = null;
      Partial buffer = null;
      synchronized (this) {
        while (!covers(level, index) && !tree.exists(level, index ^ 1)) {
          level++;
          index >>= 1;
        }
        boolean top = covers(level, index);
        if (!top) {
          sibling = take(level, index ^ 1);
        }
        if (sibling == null && partial != null) {
          row(level)[index - (first >> level)] = partial;
          placed += top ? 1 : 0;
          return;
        }
        if (sibling == null) {
          buffer = spare.poll();
        }
      }
      if (sibling != null) {
        Flat.sum(sibling.tensor, 0, sibling.tensor, 0, current, 0, count);
        giveBack(partial);
        partial = sibling;
        level++;
        index >>= 1;
      } else {
        partial =
            buffer != null ? buffer : new Partial(Tensor.zeros(Shape.of(count), dtype), false);
        Flat.copy(partial.tensor, 0, current, 0, count);
      }
      current = partial.tensor;
    }
  }

  /** Whether the node is one of this worker's results. */
  private boolean covers(int level, int index) {
    for (int i = 0; i < cover.size(); i++) {
      if (cover.get(i).level() == level && cover.get(i).index() == index) {
        return true;
      }
    }
    return false;
  }

  private @Nullable Partial[] row(int level) {
    return java.util.Objects.requireNonNull(waiting[level]);
  }

  private @Nullable Partial take(int level, int index) {
    int at = index - (first >> level);
    @Nullable Partial[] row = row(level);
    if (at < 0 || at >= row.length) {
      return null;
    }
    Partial there = row[at];
    row[at] = null;
    return there;
  }

  private synchronized void giveBack(@Nullable Partial partial) {
    if (partial != null && !partial.lent) {
      spare.push(partial);
    }
  }

  /** How many nodes the result has. */
  int nodes() {
    return cover.size();
  }

  /** The i-th node's sum, as a buffer the caller may overwrite. */
  synchronized Tensor node(int i) {
    ShardTree.Node node = cover.get(i);
    Partial there = row(node.level())[node.index() - (first >> node.level())];
    return java.util.Objects.requireNonNull(there).tensor;
  }

  /** Throws unless every shard was given and the result fits. */
  synchronized void checkReady(Collective.Place place, Tensor out) {
    if (first != tree.first(place.rank(), place.size())
        || end != tree.first(place.rank() + 1, place.size())) {
      throw new IllegalArgumentException(
          "all-reduce: the sum is of shards "
              + first
              + " to "
              + (end - 1)
              + " but rank "
              + place.rank()
              + " of "
              + place.size()
              + " has others; make the sum with this collective's place");
    }
    if (placed != cover.size()) {
      throw new IllegalArgumentException(
          "all-reduce: shard "
              + (first + given.nextClearBit(0))
              + " is missing; add every shard from "
              + first
              + " to "
              + (end - 1)
              + ", zeros if it has no samples");
    }
    if (out.dtype() != dtype || out.count() != count) {
      throw new IllegalArgumentException(
          "all-reduce: out is " + out + " but the sum has " + count + " of " + dtype.label());
    }
  }

  /** Forgets what was given, for a new step; the buffers are kept. */
  public synchronized void clear() {
    given.clear();
    placed = 0;
    for (int level = 0; level < waiting.length; level++) {
      @Nullable Partial[] row = waiting[level];
      for (int i = 0; row != null && i < row.length; i++) {
        giveBack(row[i]);
        row[i] = null;
      }
    }
  }
}
