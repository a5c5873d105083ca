package io.kiln.nn.layer;

import io.kiln.nn.autograd.Var;
import io.kiln.nn.config.Settings;
import io.kiln.nn.op.sequence.Cell;

/**
 * Gated recurrent units, h′ = (1 − z)·m + z·h; Cho et al. 2014, in PyTorch's form with r applied
 * after the product.
 *
 * <p>Shapes, parameters: see {@link RecurrentStack}. The gates lie in the weights in the order r,
 * z, m, as in PyTorch.
 *
 * @param stack the layers
 */
public record Gru(RecurrentStack stack) implements Layer {
  /** One layer. */
  public static Gru of(int hidden) {
    return new Gru(RecurrentStack.of(Cell.GRU, hidden));
  }

  /** Reads {@code hidden}, {@code layers}, {@code bias}, {@code truncate}, {@code dropout}. */
  public static Gru from(Settings settings) {
    RecurrentStack stack = RecurrentStack.from(settings, Cell.GRU);
    settings.finish();
    return new Gru(stack);
  }

  @Override
  public Var forward(Scope scope, Var x) {
    return stack.forward(scope, x, RecurrentStack.Start.zeros());
  }
}
