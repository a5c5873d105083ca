package io.kiln.nn.zoo;

import io.kiln.nn.autograd.Var;
import io.kiln.nn.layer.Layer;
import io.kiln.nn.layer.Scope;
import io.kiln.nn.op.image.AvgPool2d;
import io.kiln.nn.op.image.Pool;
import io.kiln.nn.op.image.Sliding;
import io.kiln.nn.op.shape.Pad;
import io.kiln.nn.op.shape.Reshape;
import io.kiln.nn.tensor.Shape;

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
    Shape shape = every.shape();
    int area = shape.count(2, 4);
    int more = filters - shape.size(1);
    // Channels as rows of one plane: a rim of rows is a rim of channels.
    Var rows = Reshape.of(every, Shape.of(shape.size(0), 1, shape.size(1), area));
    Var padded = Pad.of(rows, more / 2, more - more / 2, 0, 0, 0);
    return Reshape.of(padded, Shape.of(shape.size(0), filters, shape.size(2), shape.size(3)));
  }
}
