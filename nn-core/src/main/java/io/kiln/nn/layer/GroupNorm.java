package io.kiln.nn.layer;

import io.kiln.nn.autograd.Var;
import io.kiln.nn.config.Settings;
import io.kiln.nn.tensor.Shape;

/**
 * Group normalisation, y = (x − mean) / √(variance + epsilon)·weight + bias with mean and variance
 * of each group of channels of each sample. Wu and He 2018.
 *
 * <p>Shapes: x {@code [n, c, …]} → the same; parameters {@code weight} [c] and {@code bias} [c],
 * PyTorch's names.
 *
 * @param groups number of groups, a divisor of c
 * @param epsilon added to the variance
 * @param affine whether there are weight and bias
 */
public record GroupNorm(int groups, double epsilon, boolean affine) implements Layer {
  /** Reads {@code groups}, {@code epsilon} (10⁻⁵), {@code affine} (true). */
  public static GroupNorm from(Settings settings) {
    int groups = settings.atLeast(1, "groups", settings.integer("groups"));
    double epsilon = settings.within(0, 1, "epsilon", 1e-5);
    boolean affine = settings.flag("affine", true);
    settings.finish();
    return new GroupNorm(groups, epsilon, affine);
  }

  @Override
  public Var forward(Scope scope, Var x) {
    return normalize(scope, x, groups, epsilon, affine);
  }

  static Var normalize(Scope scope, Var x, int groups, double epsilon, boolean affine) {
    if (!affine) {
      return io.kiln.nn.op.norm.GroupNorm.of(x, groups, epsilon);
    }
    Shape channels = Shape.of(x.shape().size(1));
    Var w = scope.bias("weight", channels, Init.constant(1));
    Var b = scope.bias("bias", channels, Init.zeros());
    return io.kiln.nn.op.norm.GroupNorm.of(x, groups, epsilon, w, b);
  }
}
