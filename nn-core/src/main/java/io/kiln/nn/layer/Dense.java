package io.kiln.nn.layer;

import io.kiln.nn.autograd.Var;
import io.kiln.nn.config.Settings;
import io.kiln.nn.op.algebra.Affine;
import io.kiln.nn.tensor.Shape;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Fully connected layer, y = x·Wᵀ + b.
 *
 * <p>Shapes: x {@code [n, in]} → y {@code [n, units]}; parameters {@code weight} [units, in] and
 * {@code bias} [units], PyTorch's names and layout. Both begin uniform in ±1/√in, PyTorch's
 * default.
 *
 * @param units number of outputs
 * @param bias whether b is added
 * @param init initial values of the weight
 * @param biasInit initial values of the bias; null: uniform in ±1/√in
 */
public record Dense(int units, boolean bias, Init init, @Nullable Init biasInit) implements Layer {
  /** That many outputs, with bias. */
  public static Dense of(int units) {
    return from(Settings.of("dense", Map.of("units", units)));
  }

  /** Reads {@code units}, {@code bias}, {@code init}, {@code bias-init}. */
  public static Dense from(Settings settings) {
    int units = settings.atLeast(1, "units", settings.integer("units"));
    boolean bias = settings.flag("bias", true);
    Init init = Init.from(settings, "init", Init.fanIn());
    Init biasInit =
        settings.has("bias-init") ? Init.from(settings, "bias-init", Init.zeros()) : null;
    settings.finish();
    return new Dense(units, bias, init, biasInit);
  }

  @Override
  public Var forward(Scope scope, Var x) {
    int in = x.shape().size(-1);
    Var w = scope.weight("weight", Shape.of(units, in), init);
    if (!bias) {
      return Affine.of(x, w);
    }
    Init start = biasInit != null ? biasInit : Init.uniform(1 / Math.sqrt(Math.max(1, in)));
    return Affine.of(x, w, scope.bias("bias", Shape.of(units), start));
  }
}
