package io.kiln.nn.layer;

import io.kiln.nn.autograd.Var;
import io.kiln.nn.config.ConfigException;
import io.kiln.nn.config.Settings;
import io.kiln.nn.op.Ops;

/**
 * Layers that answer for several views of each image when they are used, and for the image as it is
 * when they are trained: test-time augmentation. The answers are averaged.
 *
 * <p>Views: the image; with {@code flip} also mirrored; with {@code shift: s} the image and its
 * mirror also moved by s pixels up and left, and down and right, what is left free filled with what
 * lies within the edge, mirrored. Moved ones count half: all of them together as much as those that
 * are not moved. Each view costs a forward pass.
 *
 * <p>Shapes: x {@code [n, c, h, w]} → what the layers give. Parameters have the names they would
 * have without this layer.
 *
 * @param flip whether mirrored images are views
 * @param shift pixels that views are moved by, or 0
 * @param body the layers
 */
public record Views(boolean flip, int shift, Layer body) implements Layer {
  /** Reads {@code flip} (true), {@code shift} (0), {@code layers}. */
  public static Views from(Settings settings) {
    Sequential body = Sequential.read(settings, "layers");
    if (body.layers().isEmpty()) {
      throw new ConfigException(
          settings.path("layers") + ": it is missing; give the layers that see the views");
    }
    return of(settings, body);
  }

  /** Reads {@code flip} (true), {@code shift} (0). */
  public static Views of(Settings settings, Layer body) {
    boolean flip = settings.flag("flip", true);
    int shift = settings.atLeast(0, "shift", 0);
    settings.finish();
    return new Views(flip, shift, body);
  }

  @Override
  public Var forward(Scope scope, Var x) {
    if (x.shape().rank() != 4 || x.shape().size(2) <= shift || x.shape().size(3) <= shift) {
      throw new IllegalArgumentException(
          "views: x is "
              + x.shape()
              + " but images [n, c, h, w] larger than the shift of "
              + shift
              + " are needed");
    }
    if (scope.training()) {
      return body.forward(scope, x);
    }
    if (shift == 0) {
      return both(scope, x);
    }
    Var moved = Ops.add(both(scope, moved(x, -shift)), both(scope, moved(x, shift)));
    // Last, so that outputs by name are those of the image as it is.
    return Ops.multiply(Ops.add(Ops.multiply(moved, 0.5), both(scope, x)), 0.5);
  }

  /** The answer, or the mean of those for the image and its mirror. */
  private Var both(Scope scope, Var x) {
    if (!flip) {
      return body.forward(scope, x);
    }
    Var mirrored = body.forward(scope, Ops.reverse(x, 3));
    return Ops.multiply(Ops.add(mirrored, body.forward(scope, x)), 0.5);
  }

  private static Var moved(Var x, int by) {
    return moved(moved(x, 2, by), 3, by);
  }

  private static Var moved(Var x, int axis, int by) {
    int size = x.shape().size(axis);
    if (by > 0) {
      Var edge = Ops.reverse(Ops.slice(x, axis, 1, by + 1), axis);
      return Ops.concat(axis, edge, Ops.slice(x, axis, 0, size - by));
    }
    Var edge = Ops.reverse(Ops.slice(x, axis, size - 1 + by, size - 1), axis);
    return Ops.concat(axis, Ops.slice(x, axis, -by, size), edge);
  }
}
