package io.kiln.nn.layer;

import io.kiln.nn.autograd.Var;
import io.kiln.nn.config.Settings;

/**
 * The product of several branches, element by element: y = f₁(x)·f₂(x)·…, such as a gate of
 * sigmoids.
 *
 * <p>Shapes: x {@code [n, …]} → what the branches give, all of one shape.
 *
 * @param branches what is joined
 */
public record Multiply(Branches branches) implements Layer {
  /** Reads {@code branches}; see {@link Branches}. */
  public static Multiply from(Settings settings) {
    Branches branches = Branches.from(settings);
    settings.finish();
    return new Multiply(branches);
  }

  @Override
  public Var forward(Scope scope, Var x) {
    return branches.forward(scope, x).stream()
        .reduce(io.kiln.nn.op.arithmetic.Multiply::of)
        .orElseThrow();
  }
}
