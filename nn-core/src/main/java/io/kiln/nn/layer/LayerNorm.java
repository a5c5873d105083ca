package io.kiln.nn.layer;

import io.kiln.nn.autograd.Var;
import io.kiln.nn.config.Settings;
import io.kiln.nn.op.norm.GroupNorm;
import io.kiln.nn.tensor.Shape;
import java.util.Arrays;

/**
 * Layer normalisation, y = (x − mean) / √(variance + epsilon)·weight + bias over the last axes. Ba,
 * Kiros and Hinton 2016.
 *
 * <p>Shapes: x {@code [n, …]} → the same; parameters {@code weight} and {@code bias} of the
 * normalised axes, PyTorch's names.
 *
 * @param axes how many last axes are normalised together
 * @param epsilon added to the variance
 * @param affine whether there are weight and bias
 */
public record LayerNorm(int axes, double epsilon, boolean affine) implements Layer {
  /** Reads {@code axes} (1), {@code epsilon} (10⁻⁵), {@code affine} (true). */
  public static LayerNorm from(Settings settings) {
    int axes = settings.atLeast(1, "axes", 1);
    double epsilon = settings.within(0, 1, "epsilon", 1e-5);
    boolean affine = settings.flag("affine", true);
    settings.finish();
    return new LayerNorm(axes, epsilon, affine);
  }

  @Override
  public Var forward(Scope scope, Var x) {
    if (!affine) {
      return GroupNorm.overLast(x, axes, epsilon);
    }
    int rank = x.shape().rank();
    Shape shape = Shape.of(Arrays.copyOfRange(x.shape().sizes(), Math.max(0, rank - axes), rank));
    Var w = scope.bias("weight", shape, Init.constant(1));
    Var b = scope.bias("bias", shape, Init.zeros());
    return GroupNorm.overLast(x, axes, epsilon, w, b);
  }
}
