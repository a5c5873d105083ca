package io.kiln.nn.autograd;

import io.kiln.nn.tensor.Shape;

/**
 * How the numbers of a node lie in its tensor. The shape of a node never depends on it.
 *
 * <p>Fast convolutions want the channels of a pixel side by side, whole vectors of them. A node of
 * shape {@code [n, c, h, w]} may lie so inside a recorded network; ops that do not say they can
 * read it get a plain copy from the tape, and what leaves the tape is plain.
 */
public enum Layout {
  /** Row-major, as the shape says. */
  PLAIN,
  /** {@code [n, h, w, c]} with c rounded up to whole vectors; the numbers beyond c are 0. */
  CHANNELS_LAST;

  /** Shape of the tensor that holds a node of that shape. */
  Shape storage(Shape shape, int lanes) {
    if (this == PLAIN) {
      return shape;
    }
    int c = (shape.size(1) + lanes - 1) / lanes * lanes;
    return Shape.of(shape.size(0), shape.size(2), shape.size(3), c);
  }
}
