package io.kiln.nn.autograd;

import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.Tensor;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Decides which values and gradients of a recorded step share a buffer.
 *
 * <p>Time runs over the forwards 0 … N−1 and then the backwards N … 2N−1, op i going back at time
 * 2N−1−i. A buffer lives from its first writer to its last reader, which the ops' declarations
 * give; buffers that never live together get the same slot of the workspace (first fit by birth).
 */
final class MemoryPlan {
  private static final int FOREVER = Integer.MAX_VALUE;

  /** One buffer: the times it lives and its size. Several vars may be the same buffer. */
  private static final class Block {
    private final int birth;
    private int death;
    private final int count;
    private int slot = -1;

    Block(int birth, int death, int count) {
      this.birth = birth;
      this.death = death;
      this.count = count;
    }

    int birth() {
      return birth;
    }
  }

  private final List<Op> ops;
  private final Workspace workspace;
  private final boolean goesBack;
  private final Set<Var> kept;
  private final Map<Var, List<Integer>> consumers = new HashMap<>();
  private final Map<Var, Block> values = new HashMap<>();
  private final Map<Var, Block> grads = new HashMap<>();
  private final Map<Op, Block> states = new HashMap<>();
  private final List<Block> blocks = new ArrayList<>();
  private final List<Integer> sizes = new ArrayList<>();
  private int scratch;

  MemoryPlan(List<Op> ops, Workspace workspace, Var loss, Set<Var> kept) {
    this.ops = ops;
    this.workspace = workspace;
    this.goesBack = loss.needsGrad();
    this.kept = kept;
  }

  /** Numbers in all buffers that are needed. */
  long count() {
    plan();
    long count = scratch;
    for (int size : sizes) {
      count += size;
    }
    return count;
  }

  /** Hands the buffers out. */
  void assign() {
    plan();
    for (int slot = 0; slot < sizes.size(); slot++) {
      workspace.slot(slot, sizes.get(slot));
    }
    for (Op op : ops) {
      hand(op);
    }
    workspace.scratch(scratch); // once for all, so that no op keeps a smaller one alive
  }

  private void plan() {
    for (int i = 0; i < ops.size(); i++) {
      for (Var input : ops.get(i).inputs()) {
        consumers.computeIfAbsent(input, v -> new ArrayList<>()).add(i);
      }
    }
    for (int i = 0; i < ops.size(); i++) {
      planValue(i);
      planState(i);
    }
    if (goesBack) {
      for (int i = ops.size() - 1; i >= 0; i--) {
        planGrad(i);
      }
    }
    placeBlocks();
    for (Op op : ops) {
      scratch = Math.max(scratch, (int) op.scratchSize());
    }
  }

  private int back(int op) {
    return 2 * ops.size() - 1 - op;
  }

  private boolean goesBackThrough(Op op) {
    return goesBack && op.output().needsGrad();
  }

  /** When the last reader of this var's value is done. */
  private int lastRead(Var var, int producedAt) {
    if (kept.contains(var)) {
      return FOREVER;
    }
    int last = producedAt;
    for (int consumer : consumers.getOrDefault(var, List.of())) {
      Op op = ops.get(consumer);
      boolean readBack = goesBackThrough(op) && op.keepsInputs();
      last = Math.max(last, readBack ? back(consumer) : consumer);
    }
    Op producer = var.producer();
    if (producer != null && goesBackThrough(producer) && producer.keepsOutput()) {
      last = Math.max(last, back(producedAt));
    }
    return last;
  }

  private void planValue(int i) {
    Op op = ops.get(i);
    Var y = op.output();
    int death = lastRead(y, i);
    Block below = values.get(op.input(0));
    boolean overwrites =
        op.runsInPlace()
            && below != null
            && below.death == i
            && below.count == y.storage().count()
            && isOnlyOnce(op);
    if (below != null && (op.isView() || overwrites)) {
      below.death = Math.max(below.death, death);
      values.put(y, below);
    } else if (!op.isView()) {
      values.put(y, block(i, death, y.storage().count()));
    }
  }

  /** Whether the first input is not also another input of the same op. */
  private static boolean isOnlyOnce(Op op) {
    for (int k = 1; k < op.inputs().size(); k++) {
      if (op.input(k) == op.input(0)) {
        return false;
      }
    }
    return true;
  }

  private void planState(int i) {
    Op op = ops.get(i);
    if (op.stateSize() > 0) {
      states.put(op, block(i, goesBackThrough(op) ? back(i) : i, (int) op.stateSize()));
    }
  }

  private void planGrad(int i) {
    Op op = ops.get(i);
    Var y = op.output();
    if (!y.needsGrad()) {
      return;
    }
    if (!grads.containsKey(y)) {
      List<Integer> users = consumers.getOrDefault(y, List.of());
      int birth = users.isEmpty() ? ops.size() - 1 : back(users.get(users.size() - 1));
      grads.put(y, block(birth, back(i), y.storage().count()));
    }
    Var x = op.input(0);
    boolean shares =
        (op.isView() || op.gradientRunsInPlace())
            && x.needsGrad()
            && x.producer() != null
            && x.storage().count() == y.storage().count()
            && consumers.getOrDefault(x, List.of()).size() == 1;
    if (shares) {
      Block block = grads.get(y);
      if (block != null) {
        block.death = Math.max(block.death, back(ops.indexOf(x.producer())));
        grads.put(x, block);
      }
    }
  }

  private Block block(int birth, int death, int count) {
    Block block = new Block(birth, death, count);
    blocks.add(block);
    return block;
  }

  private void placeBlocks() {
    List<Block> byBirth = new ArrayList<>(blocks);
    byBirth.sort(Comparator.comparingInt(Block::birth));
    List<Block> last = new ArrayList<>();
    for (Block block : byBirth) {
      int best = -1;
      for (int slot = 0; slot < last.size(); slot++) {
        if (last.get(slot).death < block.birth && isBetter(sizes, slot, best, block.count)) {
          best = slot;
        }
      }
      if (best < 0) {
        best = last.size();
        last.add(block);
        sizes.add(block.count);
      }
      last.set(best, block);
      sizes.set(best, Math.max(sizes.get(best), block.count));
      block.slot = best;
    }
  }

  /** The smallest slot that fits, else the largest that must grow. */
  private static boolean isBetter(List<Integer> sizes, int slot, int best, int count) {
    if (best < 0) {
      return true;
    }
    boolean fits = sizes.get(slot) >= count;
    boolean bestFits = sizes.get(best) >= count;
    if (fits != bestFits) {
      return fits;
    }
    return fits ? sizes.get(slot) < sizes.get(best) : sizes.get(slot) > sizes.get(best);
  }

  private void hand(Op op) {
    Var y = op.output();
    Tensor value = tensor(values.get(y), y.storage());
    y.value(value != null ? value : op.input(0).value().reshape(y.storage()));
    Tensor grad = tensor(grads.get(y), y.storage());
    if (grad != null) {
      y.grad(grad);
    }
    Block state = states.get(op);
    if (state != null) {
      op.state(workspace.slot(state.slot, state.count).slice(0, Shape.of(state.count)));
    }
  }

  private @Nullable Tensor tensor(@Nullable Block block, Shape shape) {
    return block == null ? null : workspace.slot(block.slot, block.count).slice(0, shape);
  }
}
