package io.kiln.nn.op.sequence;

import io.kiln.nn.autograd.Check;
import io.kiln.nn.autograd.Op;
import io.kiln.nn.autograd.Var;
import io.kiln.nn.tensor.Shape;

/**
 * Rows of a table, by number: y[…] = W[index[…]].
 *
 * <p>Shapes: index {@code […]} whole numbers, W {@code [rows, width]} → y {@code […, width]}. An
 * index below 0 gives zeros and gets no gradient (padding).
 *
 * <p>Gradient: dW[index] += dy, in the order of the indices, so the bits are always the same.
 */
public final class Embedding extends Op {
  private final int rows;
  private final int width;

  private Embedding(Var w, Var index, Shape shape) {
    super(shape, w, index);
    this.rows = w.shape().size(0);
    this.width = w.shape().size(1);
  }

  /** Records the rows. */
  public static Var of(Var index, Var w) {
    Check.rank("embedding", "W", w, 2);
    Check.that(
        !index.needsGrad(),
        "embedding: the indices need a gradient but have none; make them with tape.constant");
    int[] sizes = new int[index.shape().rank() + 1];
    System.arraycopy(index.shape().sizes(), 0, sizes, 0, sizes.length - 1);
    sizes[sizes.length - 1] = w.shape().size(1);
    return w.tape().apply(new Embedding(w, index, Shape.of(sizes)));
  }

  @Override
  protected void forward() {
    kernels().rows().gather(input(0).value(), rows, width, input(1).value(), output().value());
  }

  @Override
  protected void backward() {
    Var w = input(0);
    if (w.needsGrad()) {
      if (w.gradBeta() == 0) {
        w.grad().fill(0);
      }
      kernels().rows().scatterAdd(output().grad(), width, input(1).value(), w.grad());
    }
  }
}
