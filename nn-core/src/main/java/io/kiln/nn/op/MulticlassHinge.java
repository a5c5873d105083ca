package io.kiln.nn.op;

import io.kiln.nn.autograd.Op;
import io.kiln.nn.autograd.Var;
import io.kiln.nn.tensor.Shape;

/**
 * L = Σ over rows of Σ over j ≠ target of max(0, xⱼ − x[target] + margin): the multiclass support
 * vector machine of Weston and Watkins 1999.
 *
 * <p>Shapes: x {@code [n, classes]}, target {@code [n]} class indices (below 0: the row is ignored)
 * → L {@code []}. Gradient: 1 at each j whose term is positive, minus their number at the target.
 * Targets get none.
 */
public final class MulticlassHinge extends Op {
  private final double margin;
  private final int n;
  private final int classes;

  private MulticlassHinge(double margin, Var x, Var target) {
    super(Shape.of(), x, target);
    this.margin = margin;
    this.n = x.shape().size(0);
    this.classes = x.shape().size(1);
  }

  /** Records the summed loss. */
  public static Var of(double margin, Var x, Var target) {
    Check.rank("multiclass-hinge", "x", x, 2);
    Check.that(
        target.shape().equals(Shape.of(x.shape().size(0))),
        "multiclass-hinge: target is "
            + target.shape()
            + " but x is "
            + x.shape()
            + "; give one class index a row");
    Check.constant("multiclass-hinge", target);
    return x.tape().apply(new MulticlassHinge(margin, x, target));
  }

  @Override
  protected void forward() {
    double loss =
        kernels().losses().multiclassHinge(input(0).value(), input(1).value(), n, classes, margin);
    output().value().set(0, loss);
  }

  @Override
  protected void backward() {
    Var x = input(0);
    if (x.needsGrad()) {
      double scale = output().grad().get(0);
      kernels()
          .losses()
          .multiclassHingeBackward(
              x.value(), input(1).value(), n, classes, margin, scale, x.gradTarget());
      x.gradDone();
    }
  }

  @Override
  public long forwardFlops() {
    return 3L * n * classes;
  }

  @Override
  public long backwardFlops() {
    return 2L * n * classes;
  }
}
