package io.kiln.nn.op.loss;

import io.kiln.nn.autograd.Check;
import io.kiln.nn.autograd.Op;
import io.kiln.nn.autograd.Var;
import io.kiln.nn.tensor.Shape;

/**
 * L = Σ over rows of log Σⱼ exp(xⱼ) − x[target], stable for scores of any size.
 *
 * <p>Shapes: x {@code [n, classes]}, target {@code [n]} class indices (below 0: the row is ignored)
 * → L {@code []}. The sum, not the mean: the trainer divides by the number of samples of the whole
 * step, over all workers.
 *
 * <p>Gradient: dx = softmax(x) − onehot(target). Targets get none.
 */
public final class SoftmaxCrossEntropy extends Op {
  private final int n;
  private final int classes;

  private SoftmaxCrossEntropy(Var x, Var target) {
    super(Shape.of(), x, target);
    this.n = x.shape().size(0);
    this.classes = x.shape().size(1);
  }

  /** Records the summed loss. */
  public static Var of(Var x, Var target) {
    Check.rank("softmax-cross-entropy", "x", x, 2);
    Check.that(
        target.shape().equals(Shape.of(x.shape().size(0))),
        "softmax-cross-entropy: target is "
            + target.shape()
            + " but x is "
            + x.shape()
            + "; give one class index a row");
    return x.tape().apply(new SoftmaxCrossEntropy(x, target));
  }

  @Override
  protected void forward() {
    double loss =
        kernels().softmax().crossEntropy(input(0).value(), input(1).value(), n, classes, state());
    output().value().set(0, loss);
  }

  @Override
  protected void backward() {
    Var x = input(0);
    if (x.needsGrad()) {
      double scale = output().grad().get(0);
      kernels()
          .softmax()
          .crossEntropyBackward(state(), input(1).value(), n, classes, scale, x.gradTarget());
      x.gradDone();
    }
  }

  @Override
  protected boolean keepsInputs() {
    return false; // the targets are a leaf, which nobody overwrites
  }

  @Override
  protected long stateSize() {
    return (long) n * classes;
  }

  @Override
  public long forwardFlops() {
    return 5L * n * classes;
  }

  @Override
  public long backwardFlops() {
    return 2L * n * classes;
  }
}
