package io.kiln.nn.zoo;

import io.kiln.nn.autograd.Var;
import io.kiln.nn.layer.Layer;
import io.kiln.nn.layer.Scope;
import io.kiln.nn.op.image.AvgPool2d;
import io.kiln.nn.op.image.PadChannels;
import io.kiln.nn.op.image.Pool;
import io.kiln.nn.op.image.Sliding;

/**
 * A shortcut without parameters, He et al.'s option A: every second row and column of x, and
 * channels of zeros around x's own, half of them before and half behind.
 *
 * <p>Shapes: x {@code [n, c, h, w]} → y {@code [n, filters, ⌈h/2⌉, ⌈w/2⌉]}.
 *
 * @param filters channels of y, c plus an even number
 */
public record PaddedShortcut(int filters) implements Layer {
  @Override
  public Var forward(Scope scope, Var x) {
    // A mean over windows of one element takes every second element.
    Var every = AvgPool2d.of(x, new Pool(1, 1, Sliding.UNIT.stride(2, 2), false, true));
    int more = filters - every.shape().size(1);
    return PadChannels.of(every, more / 2, more - more / 2);
  }
}
