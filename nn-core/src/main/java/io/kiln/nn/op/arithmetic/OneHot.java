package io.kiln.nn.op.arithmetic;

import io.kiln.nn.autograd.Check;
import io.kiln.nn.autograd.Op;
import io.kiln.nn.autograd.Var;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.Tensor;

/**
 * A row of zeros with a one at the place of each index.
 *
 * <p>Shapes: index {@code […]} → y {@code […, classes]}. An index below 0 gives zeros. There is no
 * gradient.
 */
public final class OneHot extends Op {
  private final int classes;

  private OneHot(Var index, int classes, Shape shape) {
    super(shape, index);
    this.classes = classes;
  }

  /** Records the rows. */
  public static Var of(Var index, int classes) {
    Check.that(
        !index.needsGrad(),
        "one-hot: the indices need a gradient but have none; make them with tape.constant");
    int[] sizes = java.util.Arrays.copyOf(index.shape().sizes(), index.shape().rank() + 1);
    sizes[sizes.length - 1] = classes;
    return index.tape().apply(new OneHot(index, classes, Shape.of(sizes)));
  }

  @Override
  protected void forward() {
    Tensor index = input(0).value();
    Tensor y = output().value();
    y.fill(0);
    for (int i = 0; i < index.count(); i++) {
      int place = (int) index.get(i);
      if (place >= classes) {
        throw new IllegalArgumentException(
            "one-hot: index "
                + place
                + " at place "
                + i
                + " but there are "
                + classes
                + " classes; indices are 0 to "
                + (classes - 1)
                + ", or below 0 for none");
      }
      if (place >= 0) {
        y.set(i * classes + place, 1);
      }
    }
  }

  @Override
  protected void backward() {
    // Indices have no gradient.
  }
}
