package io.kiln.nn.op.sequence;

import io.kiln.nn.autograd.Check;
import io.kiln.nn.autograd.Op;
import io.kiln.nn.autograd.Var;
import io.kiln.nn.kernel.Cells;
import io.kiln.nn.kernel.Operand;
import io.kiln.nn.kernel.Rows;
import io.kiln.nn.op.algebra.Affine;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A recurrent cell over whole sequences: from the products of the inputs, a, every state h.
 *
 * <p>Shapes: a {@code [n, t, gates·h]} (x·W_ihᵀ + b_ih of all steps, one {@link Affine}), W_hh
 * {@code [gates·h, h]} → y {@code [n, t, h]}, the state after each step. For the formulas see
 * {@link Cell}.
 *
 * <p>Inside, steps are blocks [n, …]: the loop has one product and one pass over the elements a
 * step; dW_hh is one product over all steps after the loop.
 */
public final class Recurrent extends Op {
  private final Operand left = new Operand();
  private final Operand right = new Operand();
  private final Operand result = new Operand();
  private final Cell cell;
  private final RecurrentExtras extras;
  private final int n;
  private final int steps;
  private final int width;
  private final int block; // numbers in a state of the batch
  private final int gateBlock; // numbers in the products of a step
  private final Tensor none;
  private final StateProducts products;

  private Recurrent(Cell cell, RecurrentExtras extras, Var[] inputs, int n, int steps, int width) {
    super(Shape.of(n, steps, width), inputs);
    this.cell = cell;
    this.extras = extras;
    this.n = n;
    this.steps = steps;
    this.width = width;
    this.block = n * width;
    this.gateBlock = block * cell.gates();
    this.none = Tensor.zeros(Shape.of(0), inputs[0].tape().dtype());
    this.products = new StateProducts(inputs[0].tape().kernels(), n, width, cell.gates() * width);
  }

  /** Records the recurrence. */
  public static Var of(Cell cell, Var a, Var wHh, RecurrentExtras extras) {
    Check.rank("recurrent", "a", a, 3);
    Check.rank("recurrent", "W_hh", wHh, 2);
    int n = a.shape().size(0);
    int steps = a.shape().size(1);
    int width = wHh.shape().size(1);
    int wide = cell.gates() * width;
    Check.that(
        wHh.shape().size(0) == wide,
        "recurrent: W_hh is "
            + wHh.shape()
            + " but "
            + cell
            + " of width "
            + width
            + " needs ["
            + wide
            + ", "
            + width
            + "]");
    Check.that(
        a.shape().size(2) == wide,
        "recurrent: a is "
            + a.shape()
            + " but W_hh is "
            + wHh.shape()
            + "; a needs "
            + wide
            + " columns");
    Check.that(steps > 0, "recurrent: a is " + a.shape() + " but at least one step is needed");
    extras.check(cell, n, steps, width);
    List<Var> inputs = new ArrayList<>(List.of(a, wHh));
    inputs.addAll(extras.vars());
    return a.tape().apply(new Recurrent(cell, extras, inputs.toArray(new Var[0]), n, steps, width));
  }

  // Memory from forward to backward: h [t + 1] blocks, then of an LSTM c [t + 1] blocks, then the
  // gates of all steps, then of a GRU the products of the state.

  private int h(int step) {
    return step * block;
  }

  private int c(int step) {
    return (steps + 1 + step) * block;
  }

  private int gates(int step) {
    return (steps + 1) * block * (cell.hasMemory() ? 2 : 1) + step * gateBlock;
  }

  private int fromState(int step) {
    return gates(steps) + step * gateBlock;
  }

  @Override
  protected long stateSize() {
    long states = (steps + 1L) * block * (cell.hasMemory() ? 2 : 1);
    long gates = cell.gates() == 1 ? 0 : (long) steps * gateBlock;
    return states + (cell == Cell.GRU ? 2 : 1) * gates;
  }

  // Working memory of backward: dh, dc, what a mask keeps of both, da of all steps, du of all
  // steps; then, of forward too, W_hh as the products want it.

  private int da(int step) {
    return 4 * block + step * gateBlock;
  }

  private int du(int step) {
    return cell == Cell.GRU ? da(steps) + step * gateBlock : da(step);
  }

  @Override
  protected long scratchSize() {
    long da = (long) steps * gateBlock;
    return 4L * block + (cell == Cell.GRU ? 2 : 1) * da + products.size();
  }

  @Override
  protected void forward() {
    Rows rows = kernels().rows();
    Tensor state = state();
    products.begin(kernels(), false, input(1).value(), scratch(), du(steps));
    start(extras.h0(), h(0));
    if (cell.hasMemory()) {
      start(extras.c0(), c(0));
    }
    for (int step = 0; step < steps; step++) {
      forward(step);
      if (extras.mask() != null) {
        Tensor mask = extras.mask().value();
        rows.whereMasked(mask, n, steps, step, width, false, state, h(step), state, h(step + 1));
        if (cell.hasMemory()) {
          rows.whereMasked(mask, n, steps, step, width, false, state, c(step), state, c(step + 1));
        }
      }
      rows.putStep(state, h(step + 1), n, steps, width, step, output().value());
    }
    if (extras.carry()) {
      finish(extras.h0(), h(steps));
      if (cell.hasMemory()) {
        finish(extras.c0(), c(steps));
      }
    }
  }

  private void start(@Nullable Var first, int at) {
    if (first == null) {
      kernels().rows().repeat(none, n, width, state(), at);
    } else {
      kernels().rows().takeStep(first.value(), n, 1, width, 0, none, state(), at);
    }
  }

  private void finish(@Nullable Var first, int at) {
    if (first != null) {
      kernels().rows().putStep(state(), at, n, 1, width, 0, first.value());
    }
  }

  private void forward(int step) {
    Tensor state = state();
    Tensor a = input(0).value();
    Tensor bias = extras.bias() == null ? none : extras.bias().value();
    Rows rows = kernels().rows();
    Cells cells = kernels().cells();
    int wide = cell.gates() * width;
    switch (cell) {
      case TANH, RELU -> {
        rows.takeStep(a, n, steps, wide, step, bias, state, h(step + 1));
        product(step, h(step + 1));
        cells.rnn(cell == Cell.TANH, state, h(step + 1), block);
      }
      case LSTM, LSTM_IFOG -> {
        rows.takeStep(a, n, steps, wide, step, bias, state, gates(step));
        product(step, gates(step));
        cells.lstm(
            n,
            width,
            cell.order(),
            state,
            gates(step),
            state,
            c(step),
            c(step + 1),
            state,
            h(step + 1));
      }
      case GRU -> {
        rows.takeStep(a, n, steps, wide, step, none, state, gates(step));
        rows.repeat(bias, n, wide, state, fromState(step));
        product(step, fromState(step));
        cells.gru(
            n, width, state, gates(step), state, fromState(step), state, h(step), h(step + 1));
      }
    }
  }

  /** Adds h·W_hhᵀ of a step to a block of the state. */
  private void product(int step, int to) {
    products.forward(kernels(), input(1).value(), scratch(), du(steps), state(), h(step), to);
  }

  @Override
  protected void backward() {
    Rows rows = kernels().rows();
    Tensor work = scratch();
    Tensor dy = output().grad();
    rows.repeat(none, n, 2 * width, work, 0);
    products.begin(kernels(), true, input(1).value(), work, du(steps));
    boolean beyond = extras.h0() != null && extras.h0().needsGrad();
    for (int step = steps - 1; step >= 0; step--) {
      boolean cut = extras.truncate() > 0 && (step + 1) % extras.truncate() == 0;
      if (cut) {
        rows.repeat(none, n, 2 * width, work, 0);
      }
      rows.addStep(dy, n, steps, width, step, work, 0);
      backward(step);
      if (step > 0 || beyond) {
        productBack(step);
      }
    }
    weightGradients();
    startGradient(extras.h0(), 0);
    startGradient(extras.c0(), block);
    Var a = input(0);
    if (a.needsGrad()) {
      Tensor target = a.gradTarget();
      int wide = cell.gates() * width;
      for (int step = 0; step < steps; step++) {
        rows.putStep(work, da(step), n, steps, wide, step, target);
      }
      a.gradDone();
    }
  }

  /** From dh and dc after a step: da, and what goes to dh and dc before it by the products. */
  private void backward(int step) {
    Rows rows = kernels().rows();
    Cells cells = kernels().cells();
    Tensor state = state();
    Tensor work = scratch();
    if (extras.mask() != null) {
      rows.takeStep(work, n, 1, 2 * width, 0, none, work, 2 * block);
    }
    switch (cell) {
      case TANH, RELU ->
          cells.rnnBackward(cell == Cell.TANH, state, h(step + 1), work, work, da(step), block);
      case LSTM, LSTM_IFOG ->
          cells.lstmBackward(
              n,
              width,
              cell.order(),
              state,
              gates(step),
              state,
              c(step),
              c(step + 1),
              work,
              0,
              block,
              work,
              da(step));
      case GRU ->
          cells.gruBackward(
              n,
              width,
              state,
              gates(step),
              state,
              fromState(step),
              state,
              h(step),
              work,
              work,
              da(step),
              du(step));
    }
    if (carries() && cell != Cell.GRU) {
      rows.repeat(none, n, width, work, 0);
    }
    if (extras.mask() != null) {
      Tensor mask = extras.mask().value();
      int wide = cell.gates() * width;
      rows.whereMasked(mask, n, steps, step, width, false, work, 2 * block, work, 0);
      rows.whereMasked(mask, n, steps, step, width, false, work, 3 * block, work, block);
      rows.whereMasked(mask, n, steps, step, wide, true, none, 0, work, da(step));
      rows.whereMasked(mask, n, steps, step, wide, true, none, 0, work, du(step));
    }
  }

  /** Whether some of dh reaches the step before without going through W_hh. */
  private boolean carries() {
    return cell == Cell.GRU || extras.mask() != null;
  }

  /** Adds du·W_hh of a step to the dh that is carried. */
  private void productBack(int step) {
    products.back(
        kernels(), input(1).value(), scratch(), du(steps), scratch(), du(step), carries(), 0);
  }

  private void weightGradients() {
    int wide = cell.gates() * width;
    Var w = input(1);
    if (w.needsGrad()) {
      kernels()
          .matrix()
          .multiply(
              wide,
              width,
              n * steps,
              1,
              left.transposed(scratch(), wide).at(du(0)),
              right.of(state(), width),
              w.gradBeta(),
              result.of(w.grad(), width));
    }
    Var b = extras.bias();
    if (b != null && b.needsGrad()) {
      kernels().rows().sum(scratch(), du(0), n * steps, wide, b.gradBeta(), b.grad());
    }
  }

  private void startGradient(@Nullable Var first, int at) {
    if (first != null && first.needsGrad()) {
      Tensor target = first.gradTarget();
      kernels().rows().putStep(scratch(), at, n, 1, width, 0, target);
      first.gradDone();
    }
  }

  /** Backward reads W_hh and the mask, not a; leaves keep their numbers anyway. */
  @Override
  protected boolean keepsInputs() {
    return input(1).producer() != null
        || (extras.mask() != null && extras.mask().producer() != null);
  }

  @Override
  public long forwardFlops() {
    return 2L * steps * gateBlock * width;
  }

  @Override
  public long backwardFlops() {
    return 2 * forwardFlops();
  }
}
