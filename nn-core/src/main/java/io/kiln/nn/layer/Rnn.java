package io.kiln.nn.layer;

import io.kiln.nn.autograd.Var;
import io.kiln.nn.config.Settings;
import io.kiln.nn.op.sequence.Cell;

/**
 * Plain recurrent layers, h′ = tanh(W_ih·x + b_ih + W_hh·h + b_hh); Elman 1990.
 *
 * <p>Shapes, parameters: see {@link RecurrentStack}.
 *
 * @param stack the layers
 */
public record Rnn(RecurrentStack stack) implements Layer {
  /** One layer of tanh. */
  public static Rnn of(int hidden) {
    return new Rnn(RecurrentStack.of(Cell.TANH, hidden));
  }

  /**
   * Reads {@code activation: tanh|relu}, {@code hidden}, {@code layers}, {@code bias}, {@code
   * truncate}, {@code dropout}.
   */
  public static Rnn from(Settings settings) {
    String activation = settings.choice("activation", "tanh", "tanh", "relu");
    RecurrentStack stack =
        RecurrentStack.from(settings, activation.equals("relu") ? Cell.RELU : Cell.TANH);
    settings.finish();
    return new Rnn(stack);
  }

  @Override
  public Var forward(Scope scope, Var x) {
    return stack.forward(scope, x, RecurrentStack.Start.zeros());
  }
}
