package io.kiln.nn.layer;

import io.kiln.nn.autograd.Var;
import io.kiln.nn.config.Settings;
import io.kiln.nn.op.algebra.BatchMatrixMultiply;

/**
 * The matrix product of several branches, for each sample by itself, from left to right.
 *
 * <p>Shapes: branches {@code [n, …, m, k]}, {@code [n, …, k, p]} → y {@code [n, …, m, p]}.
 *
 * @param branches the factors
 */
public record MatrixMultiply(Branches branches) implements Layer {
  /** Reads {@code branches}; see {@link Branches}. */
  public static MatrixMultiply from(Settings settings) {
    Branches branches = Branches.from(settings);
    settings.finish();
    return new MatrixMultiply(branches);
  }

  @Override
  public Var forward(Scope scope, Var x) {
    return branches.forward(scope, x).stream().reduce(BatchMatrixMultiply::of).orElseThrow();
  }
}
