package io.kiln.nn.op;

import io.kiln.nn.autograd.Op;
import io.kiln.nn.autograd.Var;
import io.kiln.nn.kernel.Deviation;
import io.kiln.nn.tensor.Shape;

/**
 * L = factor·Σ f(x, t) over all elements, for one of the {@linkplain Deviation functions}.
 *
 * <p>Shapes: x and t of equal shape → L {@code []}. Gradient: dx = factor·∂f/∂x. Targets get none.
 */
public final class DeviationLoss extends Op {
  private final Deviation function;
  private final double a;
  private final double factor;

  private DeviationLoss(Deviation function, double a, double factor, Var x, Var target) {
    super(Shape.of(), x, target);
    this.function = function;
    this.a = a;
    this.factor = factor;
  }

  /**
   * Records the summed loss.
   *
   * @param a the function's parameter
   * @param factor factor of the sum
   */
  public static Var of(Deviation function, double a, double factor, Var x, Var target) {
    Check.that(
        x.shape().equals(target.shape()),
        "loss: target is "
            + target.shape()
            + " but x is "
            + x.shape()
            + "; give one target an output");
    Check.constant("loss", target);
    return x.tape().apply(new DeviationLoss(function, a, factor, x, target));
  }

  /** Records factor·Σ (x − t)²: a content loss, a style loss of Gram matrices. */
  public static Var squares(double factor, Var x, Var target) {
    return of(Deviation.SQUARE, 0, factor, x, target);
  }

  @Override
  protected void forward() {
    double sum = kernels().losses().deviation(function, a, input(0).value(), input(1).value());
    output().value().set(0, factor * sum);
  }

  @Override
  protected void backward() {
    Var x = input(0);
    if (x.needsGrad()) {
      double scale = factor * output().grad().get(0);
      kernels()
          .losses()
          .deviationBackward(function, a, x.value(), input(1).value(), scale, x.gradTarget());
      x.gradDone();
    }
  }

  @Override
  public long forwardFlops() {
    return 3L * input(0).shape().count();
  }

  @Override
  public long backwardFlops() {
    return 2L * input(0).shape().count();
  }
}
