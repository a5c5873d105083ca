package io.kiln.nn.layer;

import io.kiln.nn.autograd.Var;
import io.kiln.nn.config.Settings;
import io.kiln.nn.op.sequence.Cell;

/**
 * Long short-term memory, c′ = f·c + i·g, h′ = o·tanh(c′); Hochreiter and Schmidhuber 1997.
 *
 * <p>Shapes, parameters: see {@link RecurrentStack}. The gates lie in the weights in the order i,
 * f, g, o (PyTorch's, the default) or i, f, o, g (Stanford's CS231n).
 *
 * @param stack the layers
 */
public record Lstm(RecurrentStack stack) implements Layer {
  /** One layer. */
  public static Lstm of(int hidden) {
    return new Lstm(RecurrentStack.of(Cell.LSTM, hidden));
  }

  /**
   * Reads {@code gate-order: ifgo|ifog}, {@code hidden}, {@code layers}, {@code bias}, {@code
   * truncate}, {@code dropout}.
   */
  public static Lstm from(Settings settings) {
    String order = settings.choice("gate-order", "ifgo", "ifgo", "ifog");
    RecurrentStack stack =
        RecurrentStack.from(settings, order.equals("ifog") ? Cell.LSTM_IFOG : Cell.LSTM);
    settings.finish();
    return new Lstm(stack);
  }

  @Override
  public Var forward(Scope scope, Var x) {
    return stack.forward(scope, x, RecurrentStack.Start.zeros());
  }
}
