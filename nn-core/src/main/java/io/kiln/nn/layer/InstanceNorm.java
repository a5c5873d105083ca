package io.kiln.nn.layer;

import io.kiln.nn.autograd.Var;
import io.kiln.nn.config.Settings;

/**
 * Instance normalisation, y = (x − mean) / √(variance + epsilon)·weight + bias with mean and
 * variance of each channel of each sample. Ulyanov, Vedaldi and Lempitsky 2016.
 *
 * <p>Shapes: x {@code [n, c, …]} → the same; parameters {@code weight} [c] and {@code bias} [c]
 * only if affine, which is off as in PyTorch.
 *
 * @param epsilon added to the variance
 * @param affine whether there are weight and bias
 */
public record InstanceNorm(double epsilon, boolean affine) implements Layer {
  /** Reads {@code epsilon} (10⁻⁵), {@code affine} (false). */
  public static InstanceNorm from(Settings settings) {
    double epsilon = settings.within(0, 1, "epsilon", 1e-5);
    boolean affine = settings.flag("affine", false);
    settings.finish();
    return new InstanceNorm(epsilon, affine);
  }

  @Override
  public Var forward(Scope scope, Var x) {
    return GroupNorm.normalize(scope, x, x.shape().size(1), epsilon, affine);
  }
}
