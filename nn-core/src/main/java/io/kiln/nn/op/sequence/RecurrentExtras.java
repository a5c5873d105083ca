package io.kiln.nn.op.sequence;

import io.kiln.nn.autograd.Check;
import io.kiln.nn.autograd.Var;
import io.kiln.nn.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link Recurrent} has besides a and W_hh.
 *
 * @param bias b_hh [gates·h], or null
 * @param h0 first state [n, h], or null for zeros
 * @param c0 first memory [n, h] of an LSTM, or null for zeros
 * @param mask [n, t]: where it is 0 the state stays as it was; or null
 * @param truncate no gradient goes back across multiples of this many steps; 0: it goes all the way
 * @param carry whether the last state is written into h0 and c0 after forward, to go on from there
 *     in the next run; they must be leaves without gradient
 */
public record RecurrentExtras(
    @Nullable Var bias,
    @Nullable Var h0,
    @Nullable Var c0,
    @Nullable Var mask,
    int truncate,
    boolean carry) {
  /** Nothing. */
  public static RecurrentExtras none() {
    return new RecurrentExtras(null, null, null, null, 0, false);
  }

  /** With b_hh. */
  public RecurrentExtras withBias(@Nullable Var bias) {
    return new RecurrentExtras(bias, h0, c0, mask, truncate, carry);
  }

  /** With first states. */
  public RecurrentExtras withState(@Nullable Var h0, @Nullable Var c0) {
    return new RecurrentExtras(bias, h0, c0, mask, truncate, carry);
  }

  /** With a mask. */
  public RecurrentExtras withMask(@Nullable Var mask) {
    return new RecurrentExtras(bias, h0, c0, mask, truncate, carry);
  }

  /** With gradients cut every so many steps; 0: never. */
  public RecurrentExtras withTruncation(int steps) {
    return new RecurrentExtras(bias, h0, c0, mask, steps, carry);
  }

  /** With the last state written back into the first. */
  public RecurrentExtras carrying() {
    return new RecurrentExtras(bias, h0, c0, mask, truncate, true);
  }

  void check(Cell cell, int n, int steps, int width) {
    Check.that(
        truncate >= 0,
        "recurrent: truncation after " + truncate + " steps; give 0 for none, or more");
    checkShape("b_hh", bias, Shape.of(cell.gates() * width));
    checkShape("h0", h0, Shape.of(n, width));
    checkShape("c0", c0, Shape.of(n, width));
    checkShape("mask", mask, Shape.of(n, steps));
    Check.that(
        c0 == null || cell.hasMemory(),
        "recurrent: c0 came but " + cell + " has no memory; leave it out");
    checkCarry(cell);
  }

  private static void checkShape(String what, @Nullable Var x, Shape shape) {
    Check.that(
        x == null || x.shape().equals(shape),
        "recurrent: "
            + what
            + " is "
            + (x == null ? "" : x.shape())
            + " but "
            + shape
            + " is needed");
  }

  private void checkCarry(Cell cell) {
    if (carry) {
      Check.that(
          isPlainLeaf(h0) && (!cell.hasMemory() || isPlainLeaf(c0)),
          "recurrent: the state is to be carried but h0"
              + (cell.hasMemory() ? " or c0" : "")
              + " is not a leaf without gradient; make it with tape.constant");
    }
  }

  private static boolean isPlainLeaf(@Nullable Var x) {
    return x != null && x.producer() == null && !x.needsGrad();
  }

  /** Those that are there. */
  List<Var> vars() {
    List<Var> vars = new ArrayList<>();
    for (Var extra : new @Nullable Var[] {bias, h0, c0, mask}) {
      if (extra != null) {
        vars.add(extra);
      }
    }
    return vars;
  }
}
