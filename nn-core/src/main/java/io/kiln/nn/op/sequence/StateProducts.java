package io.kiln.nn.op.sequence;

import io.kiln.nn.kernel.Choices;
import io.kiln.nn.kernel.IndirectMatrix;
import io.kiln.nn.kernel.IndirectOperand;
import io.kiln.nn.kernel.Kernels;
import io.kiln.nn.kernel.Operand;
import io.kiln.nn.tensor.Tensor;

/**
 * The products of a recurrent network's state with W_hh, step after step. Where this machine has
 * products through tables, W_hh is packed once for all steps.
 */
final class StateProducts {
  private final int n;
  private final int width;
  private final int wide;
  private final boolean packs;
  private final IndirectOperand states;
  private final IndirectOperand gateRows;
  private final Operand left = new Operand();
  private final Operand right = new Operand();
  private final Operand result = new Operand();

  /**
   * Products of a batch.
   *
   * @param n rows
   * @param width numbers in a state
   * @param wide numbers in the gates: rows of W_hh
   */
  StateProducts(Kernels kernels, int n, int width, int wide) {
    this.n = n;
    this.width = width;
    this.wide = wide;
    this.packs = Choices.here().packsStates(width, kernels.lanes());
    this.states = IndirectOperand.strided(packs ? n : 0, width);
    this.gateRows = IndirectOperand.strided(packs ? n : 0, wide);
  }

  /** Numbers of working memory that hold W_hh between {@link #begin} and the products. */
  int size() {
    return packs ? wide * width : 0;
  }

  /** Takes W_hh for the products of a pass. */
  void begin(Kernels kernels, boolean back, Tensor w, Tensor room, int at) {
    if (packs) {
      IndirectMatrix products = kernels.images().products();
      if (back) {
        products.pack(wide, width, w, 0, width, 1, room, at);
      } else {
        products.pack(width, wide, w, 0, 1, width, room, at);
      }
    }
  }

  /** gates += state·W_hhᵀ, both parts of one tensor. */
  void forward(Kernels kernels, Tensor w, Tensor room, int at, Tensor x, int state, int gates) {
    if (packs) {
      kernels
          .images()
          .products()
          .multiply(
              n,
              wide,
              width,
              states.in(x, state),
              right.of(room, IndirectMatrix.PACKED).at(at),
              x,
              false,
              gateRows.in(x, gates));
      return;
    }
    kernels
        .matrix()
        .multiply(
            n,
            wide,
            width,
            1,
            left.of(x, width).at(state),
            right.transposed(w, width),
            1,
            result.of(x, wide).at(gates));
  }

  /** state = gates·W_hh, or state += if {@code adds}, both parts of one tensor. */
  void back(
      Kernels kernels,
      Tensor w,
      Tensor room,
      int at,
      Tensor x,
      int gates,
      boolean adds,
      int state) {
    if (packs) {
      kernels
          .images()
          .products()
          .multiply(
              n,
              width,
              wide,
              gateRows.in(x, gates),
              right.of(room, IndirectMatrix.PACKED).at(at),
              adds ? x : null,
              false,
              states.in(x, state));
      return;
    }
    kernels
        .matrix()
        .multiply(
            n,
            width,
            wide,
            1,
            left.of(x, wide).at(gates),
            right.of(w, width),
            adds ? 1 : 0,
            result.of(x, width).at(state));
  }
}
