package io.kiln.nn.collective;

import io.kiln.nn.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The additions that make some nodes of a {@link ShardTree} out of nodes beneath them, in the order
 * of the tree.
 *
 * @param slots how many leaves there are
 * @param into the slot that each addition adds to
 * @param from the slot that it adds
 * @param results the slots where the sums of the wanted nodes are in the end
 */
record Additions(int slots, int[] into, int[] from, int[] results) {
  /**
   * The additions for some nodes.
   *
   * @param leaves what there is, one slot each, in their order
   * @param wanted nodes that the leaves cover exactly
   */
  static Additions of(ShardTree tree, List<ShardTree.Node> leaves, List<ShardTree.Node> wanted) {
    Map<ShardTree.Node, Integer> slots = new HashMap<>();
    leaves.forEach(leaf -> slots.put(leaf, slots.size()));
    List<int[]> steps = new ArrayList<>();
    int[] results =
        wanted.stream()
            .mapToInt(node -> plan(tree, slots, node.level(), node.index(), steps))
            .toArray();
    return new Additions(
        leaves.size(),
        steps.stream().mapToInt(pair -> pair[0]).toArray(),
        steps.stream().mapToInt(pair -> pair[1]).toArray(),
        results);
  }

  /** Lists the additions that make a node out of leaves; returns the slot where its sum will be. */
  private static int plan(
      ShardTree tree, Map<ShardTree.Node, Integer> leaves, int level, int index, List<int[]> to) {
    Integer leaf = leaves.get(new ShardTree.Node(level, index));
    if (leaf != null) {
      return leaf;
    }
    int left = plan(tree, leaves, level - 1, 2 * index, to);
    if (tree.exists(level - 1, 2 * index + 1)) {
      int right = plan(tree, leaves, level - 1, 2 * index + 1, to);
      to.add(new int[] {left, right});
    }
    return left;
  }

  /** How many there are. */
  int count() {
    return into.length;
  }

  /** Makes them for the numbers from (inclusive) to (exclusive) of equally long slots. */
  void run(Tensor[] sums, int at, int end) {
    for (int k = 0; k < into.length; k++) {
      Flat.add(sums[into[k]], at, sums[from[k]], at, end - at);
    }
  }

  /**
   * The same, but the one wanted sum into memory of its own; faster than into a slot that other
   * processors have read.
   */
  void run(Tensor[] sums, Tensor out, int at, int end) {
    int n = end - at;
    if (reads(sums, out)) {
      run(sums, at, end);
      Flat.copy(out, at, sums[results[0]], at, n);
      return;
    }
    boolean begun = false;
    for (int k = 0; k < into.length; k++) {
      Tensor more = sums[from[k]];
      if (into[k] != results[0]) {
        Flat.add(sums[into[k]], at, more, at, n);
      } else if (begun) {
        Flat.add(out, at, more, at, n);
      } else {
        Flat.sum(out, sums[into[k]], more, at, n);
        begun = true;
      }
    }
    if (!begun) {
      Flat.copy(out, at, sums[results[0]], at, n);
    }
  }

  /**
   * Whether the one wanted sum is made without writing to any slot, if it has memory of its own.
   */
  boolean keepsSlots() {
    for (int slot : into) {
      if (slot != results[0]) {
        return false;
      }
    }
    return results.length == 1;
  }

  /** Whether an addition reads that memory, which must then not be written before. */
  private boolean reads(Tensor[] sums, Tensor out) {
    for (int slot : from) {
      if (sums[slot] == out) {
        return true;
      }
    }
    return false;
  }
}
