package io.kiln.nn.autograd;

import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Rewrites the ops of a tape before it is planned: a rectifier becomes part of the max-pooling
 * after it, or else of the op before it, where nobody looks at what lies between. The numbers and
 * the gradients are the same.
 */
final class Fusion {
  private final List<Op> ops;
  private final Set<Var> kept;
  private final Map<Var, Integer> readers = new HashMap<>();

  private Fusion(List<Op> ops, Set<Var> kept) {
    this.ops = ops;
    this.kept = kept;
    for (Op op : ops) {
      for (Var input : op.inputs()) {
        readers.merge(input, 1, Integer::sum);
      }
    }
  }

  /** Rewrites those ops; what is kept can be read afterwards as before. */
  static void rewrite(List<Op> ops, Set<Var> kept) {
    new Fusion(ops, kept).run();
  }

  private void run() {
    Map<Var, Op> after = new HashMap<>();
    for (Op op : ops) {
      if (op instanceof Rectifies able && able.takesRectifierBefore()) {
        after.put(op.input(0), op);
      }
    }
    for (Iterator<Op> all = ops.iterator(); all.hasNext(); ) {
      Op op = all.next();
      if (op instanceof Rectifier && (joins(op, after.get(op.output())) || joins(op))) {
        all.remove();
      }
    }
  }

  /** Whether nobody but one op reads it. */
  private boolean isBetween(Var x) {
    return readers.getOrDefault(x, 0) == 1 && !kept.contains(x);
  }

  /**
   * The rectifier becomes part of the op after it, unless that of an op before it is of its kind.
   */
  private boolean joins(Op rectifier, @Nullable Op next) {
    Op before = rectifier.input(0).producer();
    boolean sameKind = before instanceof Rectifies able && able.takesRectifierBefore();
    if (!(next instanceof Rectifies able) || sameKind || !isBetween(rectifier.output())) {
      return false;
    }
    able.rectify();
    next.readsInstead(rectifier.input(0));
    return true;
  }

  /** The rectifier becomes part of the op before it. */
  private boolean joins(Op rectifier) {
    Op before = rectifier.input(0).producer();
    if (!(before instanceof Rectifies able) || !isBetween(rectifier.input(0))) {
      return false;
    }
    able.rectify();
    before.writesInstead(rectifier.output());
    return true;
  }
}
