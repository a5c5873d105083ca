package io.kiln.nn.autograd;

import io.kiln.nn.kernel.Kernels;
import io.kiln.nn.kernel.Machine;
import io.kiln.nn.tensor.DType;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.SparseRows;
import io.kiln.nn.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Records operations, runs them, and walks back.
 *
 * <p>Two ways of use. By hand: make leaves, apply ops, {@link #forward} runs what is new and keeps
 * every value, {@link #backward} fills every gradient. For training: record one step, {@link #plan}
 * shares the buffers, then {@link #replay} and {@link #backward} again and again without
 * allocation. Not thread-safe.
 */
public final class Tape {
  private final DType dtype;
  private final Kernels kernels;
  private final Workspace workspace;
  private final Draws draws = new Draws();
  private final List<Op> ops = new ArrayList<>();
  private final List<Var> leaves = new ArrayList<>();
  private final Map<Var, Var> relaid = new HashMap<>();
  private String scope = "";
  private int done;
  private boolean planned;
  private boolean channelsLast;

  /** A tape of that width with buffers of its own. */
  public Tape(DType dtype) {
    this(dtype, new Workspace(dtype));
  }

  /** A tape over a workspace that tapes of the same thread share, one running at a time. */
  public Tape(DType dtype, Workspace workspace) {
    this.dtype = dtype;
    this.kernels = Kernels.of(dtype);
    this.workspace = workspace;
  }

  /** Width of every tensor on this tape. */
  public DType dtype() {
    return dtype;
  }

  /** The loops of that width. */
  public Kernels kernels() {
    return kernels;
  }

  /** Coordinates of random numbers. */
  public Draws draws() {
    return draws;
  }

  /** The ops, in the order they run. */
  public List<Op> ops() {
    return List.copyOf(ops);
  }

  /** A leaf without gradient over that tensor, which is shared. */
  public Var constant(Tensor value) {
    return leaf(value, false, null);
  }

  /** A leaf with a gradient of its own over that tensor, which is shared. */
  public Var variable(Tensor value) {
    return leaf(value, true, Tensor.zeros(value.shape(), dtype));
  }

  /** A leaf over a value and a gradient that live elsewhere: slices of flat arrays. */
  public Var variable(Tensor value, Tensor grad) {
    return leaf(value, true, grad);
  }

  /** A leaf of which only the shape is known: what is recorded over it cannot run. */
  public Var placeholder(Shape shape) {
    return new Var(this, shape, Layout.PLAIN, false, null, null, null);
  }

  /**
   * A leaf whose value is the first n of some sparse rows, which are shared; only the operation of
   * a fully connected layer reads it.
   */
  public Var sparse(SparseRows rows, int n) {
    if (n > rows.rows()) {
      throw new IllegalArgumentException(
          "tape: " + n + " sparse rows came but there are " + rows.rows());
    }
    Var leaf = placeholder(Shape.of(n, rows.columns()));
    leaf.sparse(rows);
    return leaf;
  }

  private Var leaf(Tensor value, boolean needsGrad, @Nullable Tensor grad) {
    if (value.dtype() != dtype) {
      throw new IllegalArgumentException(
          "tape: a " + value + " leaf came but the tape is " + dtype.label());
    }
    Var leaf = new Var(this, value.shape(), Layout.PLAIN, needsGrad, null, value, grad);
    leaves.add(leaf);
    return leaf;
  }

  /**
   * Lets ops on images choose {@link Layout#CHANNELS_LAST} where this machine has fast loops for
   * it. Without it, by hand, every value is plain.
   */
  public void allowChannelsLast() {
    channelsLast = Machine.here().channelsLast();
  }

  /** Whether ops may choose {@link Layout#CHANNELS_LAST}. */
  public boolean channelsLast() {
    return channelsLast;
  }

  /** The same node, or a plain copy of it if it lies otherwise. */
  public Var plain(Var x) {
    return in(Layout.PLAIN, x);
  }

  /** The same node, or a copy of it that lies as asked for; x is {@code [n, c, h, w]}. */
  public Var in(Layout layout, Var x) {
    if (x.layout() == layout) {
      return x;
    }
    Var known = relaid.get(x);
    if (known == null) {
      known = apply(new Relayout(x, layout));
      relaid.put(x, known);
      relaid.put(known, x);
    }
    return known;
  }

  Var[] plain(Var[] inputs) {
    Var[] plain = inputs.clone();
    for (int i = 0; i < plain.length; i++) {
      plain[i] = inputs[i].tape().plain(inputs[i]);
    }
    return plain;
  }

  /** Records an op and returns its output, which has no value yet. */
  public Var apply(Op op) {
    if (planned) {
      throw new IllegalStateException("tape: it is planned; record on a new one");
    }
    op.checkMemory();
    op.scope(scope);
    ops.add(op);
    return op.output();
  }

  /** Name of the layer now recording, dotted. */
  public String scope() {
    return scope;
  }

  /** Sets the name that the next ops carry. */
  public void scope(String name) {
    scope = name;
  }

  /** Runs the ops recorded since the last call; by hand, every value stays readable. */
  public void forward() {
    for (; done < ops.size(); done++) {
      Op op = ops.get(done);
      prepare(op);
      op.forward();
    }
  }

  /** Gives an op its buffers if it has none yet. */
  void prepare(Op op) {
    if (!op.output().hasValue()) {
      allocate(op);
    }
  }

  /** Runs all ops again, with whatever the leaves hold now. */
  public void replay() {
    done = 0;
    forward();
  }

  private void allocate(Op op) {
    Var y = op.output();
    y.value(
        op.isView() ? op.input(0).value().reshape(y.storage()) : Tensor.zeros(y.storage(), dtype));
    if (op.stateSize() > 0) {
      op.state(Tensor.zeros(Shape.of((int) op.stateSize()), dtype));
    }
  }

  /**
   * Rewrites neighbours into one op where these can ({@link Rectifies}), and shares buffers for
   * training: after this only leaves' gradients and the kept values may be read.
   *
   * @param loss where {@link #backward} will begin; needsGrad false plans a forward only
   * @param keep values read after forward
   */
  public void plan(Var loss, Var... keep) {
    memory(loss, keep).assign();
    planned = true;
  }

  /**
   * Numbers in the buffers that {@link #plan} with the same arguments would take, parameters and
   * inputs not counted. Nothing is allocated: inputs may be placeholders.
   */
  public long planned(Var loss, Var... keep) {
    return memory(loss, keep).count();
  }

  private MemoryPlan memory(Var loss, Var[] keep) {
    Set<Var> kept = new HashSet<>(Arrays.asList(keep));
    kept.add(loss);
    Fusion.rewrite(ops, kept);
    return new MemoryPlan(ops, workspace, loss, kept);
  }

  /**
   * Fills the gradients of y with respect to all before it; dy/dy is {@code seed} everywhere.
   * Gradients of an earlier backward are overwritten.
   */
  public void backward(Var y, double seed) {
    begin(y);
    y.grad().fill(seed);
    walkBack(y);
  }

  /** {@link #backward(Var, double)} with a dL/dy of one's own, of y's shape. */
  public void backward(Var y, Tensor seed) {
    begin(y);
    y.grad().copyFrom(seed);
    walkBack(y);
  }

  /** Begins to go back from y, with seed 1. */
  void startBack(Var y) {
    begin(y);
    y.grad().fill(1);
    y.gradWritten(true);
  }

  private void begin(Var y) {
    if (y.layout() != Layout.PLAIN) {
      throw new IllegalArgumentException(
          "tape: " + y + " does not lie plainly; go back from tape.plain(y)");
    }
    if (!y.needsGrad()) {
      throw new IllegalArgumentException(
          "tape: nothing before " + y + " needs a gradient; make a leaf with tape.variable");
    }
    for (Var leaf : leaves) {
      leaf.gradWritten(false);
    }
    for (int i = 0; i < ops.size(); i++) {
      Var output = ops.get(i).output();
      output.gradWritten(false);
      if (output.needsGrad() && !output.hasGrad() && !planned) {
        output.grad(Tensor.zeros(output.storage(), dtype));
      }
    }
  }

  private void walkBack(Var y) {
    y.gradWritten(true);
    for (int i = ops.size() - 1; i >= 0; i--) {
      Op op = ops.get(i);
      if (goesBack(op)) {
        op.backward();
      }
    }
    endBack();
  }

  /** Whether an op has a gradient to hand on. */
  static boolean goesBack(Op op) {
    return op.output().needsGrad() && op.output().hasGradWritten();
  }

  /** Leaves that nothing reached have gradient 0. */
  void endBack() {
    for (Var leaf : leaves) {
      if (leaf.needsGrad() && !leaf.hasGradWritten()) {
        leaf.grad().fill(0);
      }
    }
    if (!planned) {
      clearWhatWasNotReached();
    }
  }

  /** By hand, every gradient may be read: what y does not depend on has none, not an old one. */
  private void clearWhatWasNotReached() {
    for (Op op : ops) {
      Var output = op.output();
      if (output.needsGrad() && !output.hasGradWritten()) {
        output.grad().fill(0);
      }
    }
  }

  /** {@link #backward(Var, double)} from y with seed 1: y is usually one number, the loss. */
  public void backward(Var y) {
    backward(y, 1);
  }

  Tensor scratch(int count) {
    return workspace.scratch(count);
  }

  Tensor temporary(Shape shape) {
    return workspace.temporary(shape);
  }
}
