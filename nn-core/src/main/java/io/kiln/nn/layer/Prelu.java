package io.kiln.nn.layer;

import io.kiln.nn.autograd.Var;
import io.kiln.nn.config.Settings;
import io.kiln.nn.op.arithmetic.ParametricRelu;
import io.kiln.nn.tensor.Shape;

/**
 * A rectifier with a learned slope, y = x where x &gt; 0, else weight·x: He et al. 2015.
 *
 * <p>Shapes: x {@code [n, c, …]} → the same; parameter {@code weight} [1], or [c] if each channel
 * has one, PyTorch's name. As in PyTorch it takes part in weight decay, which the paper advises
 * against.
 *
 * @param perChannel whether each channel has a slope of its own
 * @param start what slopes begin with, 0.25
 */
public record Prelu(boolean perChannel, double start) implements Layer {
  /** Reads {@code per-channel} (false) and {@code start} (0.25). */
  public static Prelu from(Settings settings) {
    boolean perChannel = settings.flag("per-channel", false);
    double start = settings.number("start", 0.25);
    settings.finish();
    return new Prelu(perChannel, start);
  }

  @Override
  public Var forward(Scope scope, Var x) {
    int slopes = perChannel && x.shape().rank() > 1 ? x.shape().size(1) : 1;
    return ParametricRelu.of(x, scope.weight("weight", Shape.of(slopes), Init.constant(start)));
  }
}
