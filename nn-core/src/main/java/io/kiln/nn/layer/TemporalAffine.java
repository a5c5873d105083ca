package io.kiln.nn.layer;

import io.kiln.nn.autograd.Var;
import io.kiln.nn.config.Settings;
import io.kiln.nn.op.shape.Reshape;
import io.kiln.nn.tensor.Shape;

/**
 * The same fully connected layer at each step: y = x·Wᵀ + b over the last axis.
 *
 * <p>Shapes: x {@code [n, t, d]} → y {@code [n, t, units]}; parameters and settings are those of
 * {@link Dense}.
 *
 * @param dense the layer of one step
 */
public record TemporalAffine(Dense dense) implements Layer {
  /** That many outputs a step, with bias. */
  public static TemporalAffine of(int units) {
    return new TemporalAffine(Dense.of(units));
  }

  /** Reads the settings of {@link Dense}. */
  public static TemporalAffine from(Settings settings) {
    return new TemporalAffine(Dense.from(settings));
  }

  @Override
  public Var forward(Scope scope, Var x) {
    Shape shape = x.shape();
    int last = shape.rank() - 1;
    Var rows = Reshape.of(x, Shape.of(shape.count(0, last), shape.size(last)));
    return Reshape.of(dense.forward(scope, rows), shape.with(last, dense.units()));
  }
}
