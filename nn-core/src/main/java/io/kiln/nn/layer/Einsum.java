package io.kiln.nn.layer;

import io.kiln.nn.autograd.Var;
import io.kiln.nn.config.Settings;

/**
 * A sum of products of several branches over named axes, such as {@code nchw,nc->nchw}: each
 * channel times a number of its own.
 *
 * <p>Shapes: each branch as its part of the formula says; the first axis of all is the batch.
 *
 * @param branches the operands
 * @param formula see {@link io.kiln.nn.op.algebra.Einsum}
 */
public record Einsum(Branches branches, String formula) implements Layer {
  /** Reads {@code branches} (see {@link Branches}), {@code formula}. */
  public static Einsum from(Settings settings) {
    Branches branches = Branches.from(settings);
    String formula = settings.text("formula");
    settings.finish();
    return new Einsum(branches, formula);
  }

  @Override
  public Var forward(Scope scope, Var x) {
    return io.kiln.nn.op.algebra.Einsum.of(formula, branches.forward(scope, x).toArray(new Var[0]));
  }
}
