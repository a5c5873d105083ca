package io.kiln.nn.tensor;

import java.util.Arrays;

/** Sizes of a tensor's axes, outermost first. Immutable; the empty shape is a scalar. */
public final class Shape {
  private static final Shape SCALAR = new Shape(new int[0]);

  private final int[] sizes;
  private final int count;

  private Shape(int[] sizes) {
    this.sizes = sizes;
    for (int size : sizes) {
      if (size < 0) {
        throw new IllegalArgumentException(
            "shape: " + Arrays.toString(sizes) + " has a negative size; sizes are 0 or more");
      }
    }
    this.count = count(0, sizes.length);
  }

  /** A shape of these sizes. */
  public static Shape of(int... sizes) {
    return sizes.length == 0 ? SCALAR : new Shape(sizes.clone());
  }

  /** Number of axes. */
  public int rank() {
    return sizes.length;
  }

  /** Size of an axis; a negative axis counts from the end. */
  public int size(int axis) {
    int at = axis < 0 ? axis + sizes.length : axis;
    if (at < 0 || at >= sizes.length) {
      throw new IllegalArgumentException(
          "shape: axis " + axis + " of " + this + " does not exist; it has rank " + sizes.length);
    }
    return sizes[at];
  }

  /** Number of elements. */
  public int count() {
    return count;
  }

  /** Product of the sizes of axes from (inclusive) to (exclusive). */
  public int count(int from, int to) {
    long product = 1;
    for (int i = from; i < to; i++) {
      product *= sizes[i];
      if (product > Integer.MAX_VALUE) {
        throw new IllegalArgumentException(
            "shape: "
                + Arrays.toString(sizes)
                + " has more than 2147483647 elements; split the tensor");
      }
    }
    return (int) product;
  }

  /** The axis sizes, copied. */
  public int[] sizes() {
    return sizes.clone();
  }

  /** This shape with one axis size changed; a negative axis counts from the end. */
  public Shape with(int axis, int size) {
    int[] changed = sizes.clone();
    changed[axis < 0 ? axis + sizes.length : axis] = size;
    return Shape.of(changed);
  }

  /** This shape without its first axis: the shape of one sample of a batch. */
  public Shape sample() {
    return Shape.of(Arrays.copyOfRange(sizes, 1, sizes.length));
  }

  /** This shape with an axis put in front: a batch of n such samples. */
  public Shape batch(int n) {
    int[] longer = new int[sizes.length + 1];
    longer[0] = n;
    System.arraycopy(sizes, 0, longer, 1, sizes.length);
    return Shape.of(longer);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Shape that && Arrays.equals(sizes, that.sizes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(sizes);
  }

  @Override
  public String toString() {
    return Arrays.toString(sizes);
  }
}
