package io.kiln.nn.collective;

import io.kiln.nn.tensor.DType;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.Tensor;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Objects;
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
 * <p>With several threads, each gives its own range of the shards, of which only its own neighbours
 * are added at once; what is left between the ranges all threads add together, each a part of the
 * numbers: {@link #addUp}.
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
  private final List<ShardTree.Node> leaves = new ArrayList<>();
  private final Additions additions;
  private final Tensor[] slots;
  private final @Nullable Partial[][] waiting;
  private final BitSet given;
  private final ArrayDeque<Partial> spare = new ArrayDeque<>();
  private @Nullable Partial home;
  private @Nullable Tensor target;
  private @Nullable Additions whole;
  private int placed;
  private int added;

  /**
   * The part of the shards that {@code place} owns.
   *
   * @param count numbers in each vector
   */
  public TreeSum(ShardTree tree, Collective.Place place, DType dtype, int count) {
    this(tree, place, dtype, count, 1);
  }

  /**
   * The part of the shards that {@code place} owns, given by some threads: of s shards, thread t of
   * T gives those from ⌊t·s/T⌋ to ⌊(t + 1)·s/T⌋.
   *
   * @param count numbers in each vector
   */
  public TreeSum(ShardTree tree, Collective.Place place, DType dtype, int count, int threads) {
    this.tree = tree;
    this.first = tree.first(place.rank(), place.size());
    this.end = tree.first(place.rank() + 1, place.size());
    this.dtype = dtype;
    this.count = count;
    this.cover = List.copyOf(tree.cover(first, end));
    for (int t = 0; t < threads; t++) {
      leaves.addAll(tree.cover(firstOf(t, threads), firstOf(t + 1, threads)));
    }
    this.additions = Additions.of(tree, leaves, cover);
    this.slots = new Tensor[leaves.size()];
    this.given = new BitSet(end - first);
    this.waiting = new Partial[tree.height() + 1][];
    for (int level = 0; level <= tree.height() && end > first; level++) {
      waiting[level] = new Partial[((end - 1) >> level) - (first >> level) + 1];
    }
  }

  private int firstOf(int thread, int threads) {
    return first + (int) ((long) thread * (end - first) / threads);
  }

  /**
   * Says where the sum is wanted: {@link Collective#allReduce} with the same tensor then need not
   * copy it. The tensor is used as a buffer, as one that is lent.
   */
  public void into(Tensor out) {
    if (additions.count() == 0) {
      home = new Partial(out, true);
    } else if (cover.size() == 1) {
      target = out;
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
          boolean fits = level == 0 && shard == first && home != null;
          buffer = fits ? home : spare.poll();
        }
      }
      if (sibling != null) {
        Flat.add(sibling.tensor, 0, current, 0, count);
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

  /** Whether the node is as high as it gets before {@link #addUp}. */
  private boolean covers(int level, int index) {
    for (int i = 0; i < leaves.size(); i++) {
      if (leaves.get(i).level() == level && leaves.get(i).index() == index) {
        return true;
      }
    }
    return false;
  }

  private @Nullable Partial[] row(int level) {
    return Objects.requireNonNull(waiting[level]);
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

  /**
   * Adds what is left between the threads' ranges for the numbers from (inclusive) to (exclusive),
   * once all shards were given. Threads may do parts at the same time; what nobody does, {@link
   * Collective#allReduce} does.
   *
   * @throws IllegalArgumentException if a shard is missing
   */
  public void addUp(int from, int to) {
    if (additions.count() == 0) {
      return;
    }
    Tensor[] sums = slots();
    Tensor out = target;
    if (out == null) {
      additions.run(sums, from, to);
    } else {
      additions.run(sums, out, from, to);
    }
    synchronized (this) {
      added += to - from;
    }
  }

  private synchronized Tensor[] slots() {
    checkGiven();
    for (int i = 0; i < slots.length; i++) {
      ShardTree.Node node = leaves.get(i);
      Partial there = row(node.level())[node.index() - (first >> node.level())];
      slots[i] = Objects.requireNonNull(there).tensor;
    }
    return slots;
  }

  /** How many nodes the result has. */
  int nodes() {
    return cover.size();
  }

  /** The i-th node's sum, as a buffer the caller may overwrite. */
  Tensor node(int i) {
    Tensor out = target;
    return out == null ? slots()[additions.results()[i]] : out;
  }

  /** The additions of the nodes of so many workers, in rank order, to the whole. */
  Additions overWorkers(int size) {
    if (whole == null) {
      List<ShardTree.Node> nodes = new ArrayList<>();
      for (int rank = 0; rank < size; rank++) {
        nodes.addAll(tree.cover(tree.first(rank, size), tree.first(rank + 1, size)));
      }
      whole = Additions.of(tree, nodes, List.of(new ShardTree.Node(tree.height(), 0)));
    }
    return whole;
  }

  private void checkGiven() {
    if (placed != leaves.size()) {
      throw new IllegalArgumentException(
          "all-reduce: shard "
              + (first + given.nextClearBit(0))
              + " is missing; add every shard from "
              + first
              + " to "
              + (end - 1)
              + ", zeros if it has no samples");
    }
  }

  /** Throws unless every shard was given and the result fits; then all is added up. */
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
    checkGiven();
    if (out.dtype() != dtype || out.count() != count) {
      throw new IllegalArgumentException(
          "all-reduce: out is " + out + " but the sum has " + count + " of " + dtype.label());
    }
    if (added == 0) {
      addUp(0, count);
    } else if (added != count) {
      throw new IllegalArgumentException(
          "all-reduce: " + added + " of " + count + " numbers are added up; add up all or none");
    }
  }

  /** Forgets what was given, for a new step; the buffers are kept. */
  public synchronized void clear() {
    given.clear();
    placed = 0;
    added = 0;
    for (int level = 0; level < waiting.length; level++) {
      @Nullable Partial[] row = waiting[level];
      for (int i = 0; row != null && i < row.length; i++) {
        giveBack(row[i]);
        row[i] = null;
      }
    }
  }
}
