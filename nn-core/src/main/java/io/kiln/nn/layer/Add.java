package io.kiln.nn.layer;

import io.kiln.nn.autograd.Var;
import io.kiln.nn.config.Settings;

/**
 * The sum of several branches, element by element: y = f₁(x) + f₂(x) + …. With one branch empty
 * this is a residual connection, for which there is {@link Residual}.
 *
 * <p>Shapes: x {@code [n, …]} → what the branches give, all of one shape.
 *
 * @param branches what is joined
 */
public record Add(Branches branches) implements Layer {
  /** Reads {@code branches}; see {@link Branches}. */
  public static Add from(Settings settings) {
    Branches branches = Branches.from(settings);
    settings.finish();
    return new Add(branches);
  }

  @Override
  public Var forward(Scope scope, Var x) {
    return branches.forward(scope, x).stream()
        .reduce(io.kiln.nn.op.arithmetic.Add::of)
        .orElseThrow();
  }
}
