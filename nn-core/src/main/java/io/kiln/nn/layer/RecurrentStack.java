package io.kiln.nn.layer;

import io.kiln.nn.autograd.Var;
import io.kiln.nn.config.ConfigException;
import io.kiln.nn.config.Settings;
import io.kiln.nn.op.algebra.Affine;
import io.kiln.nn.op.sequence.Cell;
import io.kiln.nn.op.sequence.Recurrent;
import io.kiln.nn.op.sequence.RecurrentExtras;
import io.kiln.nn.op.shape.Reshape;
import io.kiln.nn.tensor.Shape;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Recurrent layers one above the other, each over the whole sequence: what {@link Rnn}, {@link
 * Lstm} and {@link Gru} are made of.
 *
 * <p>Shapes: x {@code [n, t, d]} → y {@code [n, t, hidden]}, the states of the uppermost layer.
 * Parameters of layer k, with PyTorch's names and layout: {@code weight_ih_lk} [gates·hidden, d],
 * {@code weight_hh_lk} [gates·hidden, hidden], {@code bias_ih_lk}, {@code bias_hh_lk}; all begin
 * uniform in ±1/√hidden, as there.
 *
 * @param cell kind of cell
 * @param hidden numbers in a state
 * @param layers number of layers
 * @param bias whether there are biases
 * @param truncate steps after which no gradient goes further back; 0: it goes all the way
 * @param dropout share of each layer's states that is dropped on the way to the layer above, in
 *     training; nothing of the uppermost layer's (PyTorch's {@code dropout})
 */
public record RecurrentStack(
    Cell cell, int hidden, int layers, boolean bias, int truncate, double dropout) {
  /** One layer with biases, all steps back. */
  public static RecurrentStack of(Cell cell, int hidden) {
    return new RecurrentStack(cell, hidden, 1, true, 0, 0);
  }

  /**
   * What a sequence begins from.
   *
   * @param h first states [n, hidden], one a layer; fewer: the layers above begin with zeros
   * @param c first memories of LSTMs, likewise
   * @param mask [n, t], 0 where there is no word and the state stays; or null
   * @param carry whether the last states are written into h and c, which then are constants and
   *     there for every layer
   */
  public record Start(List<Var> h, List<Var> c, @Nullable Var mask, boolean carry) {
    /** Copies the lists. */
    public Start {
      h = List.copyOf(h);
      c = List.copyOf(c);
    }

    /** Zeros. */
    public static Start zeros() {
      return new Start(List.of(), List.of(), null, false);
    }

    /** The lowest layer begins with that state. */
    public static Start at(Var h0) {
      return new Start(List.of(h0), List.of(), null, false);
    }

    /**
     * States carried from run to run.
     *
     * @param state of every layer h, then of every LSTM layer c
     */
    public static Start carried(List<Var> state, int layers) {
      return new Start(state.subList(0, layers), state.subList(layers, state.size()), null, true);
    }
  }

  /**
   * Reads {@code hidden}, {@code layers}, {@code bias}, {@code truncate}, {@code dropout}.
   *
   * @throws ConfigException if one layer is to drop what goes to the layer above
   */
  static RecurrentStack from(Settings settings, Cell cell) {
    int hidden = settings.atLeast(1, "hidden", settings.integer("hidden"));
    int layers = settings.atLeast(1, "layers", 1);
    boolean bias = settings.flag("bias", true);
    int truncate = settings.atLeast(0, "truncate", 0);
    double dropout = settings.within(0, 0.99, "dropout", 0);
    if (dropout > 0 && layers == 1) {
      throw new ConfigException(
          settings.path("dropout")
              + ": it drops what goes from one layer to the next, but there is one layer; give"
              + " layers: 2 or more, or put a layer dropout after this one");
    }
    return new RecurrentStack(cell, hidden, layers, bias, truncate, dropout);
  }

  /** How many tensors [n, hidden] the state is: h of every layer, and c of every LSTM layer. */
  public int states() {
    return cell.hasMemory() ? 2 * layers : layers;
  }

  /** Records the layers. */
  public Var forward(Scope scope, Var x, Start start) {
    if (x.shape().rank() != 3) {
      throw new IllegalArgumentException(
          "recurrent: x is " + x.shape() + " but [n, t, d] is needed; put an embedding before it");
    }
    Var y = x;
    for (int layer = 0; layer < layers; layer++) {
      y = forward(scope, y, start, layer);
      if (layer + 1 < layers) {
        y = scope.apply("dropout_l" + layer, new Dropout(dropout, false), y);
      }
    }
    return y;
  }

  private Var forward(Scope scope, Var x, Start start, int layer) {
    int n = x.shape().size(0);
    int steps = x.shape().size(1);
    int in = x.shape().size(2);
    int wide = cell.gates() * hidden;
    Init init = Init.uniform(1 / Math.sqrt(hidden));
    Var w = scope.weight("weight_ih_l" + layer, Shape.of(wide, in), init);
    Var u = scope.weight("weight_hh_l" + layer, Shape.of(wide, hidden), init);
    Var rows = Reshape.of(x, Shape.of(n * steps, in));
    Var a =
        bias
            ? Affine.of(rows, w, scope.bias("bias_ih_l" + layer, Shape.of(wide), init))
            : Affine.of(rows, w);
    RecurrentExtras extras =
        new RecurrentExtras(
            bias ? scope.bias("bias_hh_l" + layer, Shape.of(wide), init) : null,
            layer < start.h.size() ? start.h.get(layer) : null,
            layer < start.c.size() ? start.c.get(layer) : null,
            start.mask,
            truncate,
            start.carry);
    return Recurrent.of(cell, Reshape.of(a, Shape.of(n, steps, wide)), u, extras);
  }
}
