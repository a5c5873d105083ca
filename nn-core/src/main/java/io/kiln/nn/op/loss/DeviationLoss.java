package io.kiln.nn.op.loss;

import io.kiln.nn.autograd.Check;
import io.kiln.nn.autograd.Op;
import io.kiln.nn.autograd.Var;
import io.kiln.nn.kernel.Deviation;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * L = factor·Σ f(x, t) over all elements, for one of the {@linkplain Deviation functions}.
 *
 * <p>Shapes: x and t of equal shape → L {@code []}. Gradient: dx = factor·∂f/∂x. Targets get none.
 * With weights {@code [n]} the elements of sample i count wᵢ times.
 */
public final class DeviationLoss extends Op {
  private final Deviation function;
  private final double a;
  private final double factor;
  private final @Nullable SampleWeights weights;
  private final SampleWeights.Parts xs = new SampleWeights.Parts();
  private final SampleWeights.Parts targets = new SampleWeights.Parts();
  private final SampleWeights.Parts slopes = new SampleWeights.Parts();

  private DeviationLoss(
      Deviation function, double a, double factor, Var[] inputs, @Nullable SampleWeights weights) {
    super(Shape.of(), inputs);
    this.weights = weights;
    this.function = function;
    this.a = a;
    this.factor = factor;
  }

  /** Records the summed loss of samples that count the same. */
  public static Var of(Deviation function, double a, double factor, Var x, Var target) {
    return of(function, a, factor, x, target, null);
  }

  /**
   * Records the summed loss.
   *
   * @param a the function's parameter
   * @param factor factor of the sum
   * @param weights weight of each sample, or null for 1
   */
  public static Var of(
      Deviation function, double a, double factor, Var x, Var target, @Nullable Var weights) {
    Check.that(
        x.shape().equals(target.shape()),
        "loss: target is "
            + target.shape()
            + " but x is "
            + x.shape()
            + "; give one target an output");
    Check.constant("loss", target);
    SampleWeights each = SampleWeights.of("loss", x, weights);
    Var[] inputs = SampleWeights.inputs(x, target, weights);
    return x.tape().apply(new DeviationLoss(function, a, factor, inputs, each));
  }

  /** Records factor·Σ (x − t)²: a content loss, a style loss of Gram matrices. */
  public static Var squares(double factor, Var x, Var target) {
    return of(Deviation.SQUARE, 0, factor, x, target);
  }

  @Override
  protected void forward() {
    Tensor x = input(0).value();
    Tensor target = input(1).value();
    double sum = 0;
    if (weights == null) {
      sum = kernels().losses().deviation(function, a, x, target);
    } else {
      int n = weights.count();
      for (int i = 0; i < n; i++) {
        Tensor xi = xs.of(x, n, i);
        sum +=
            weights.get(i)
                * kernels().losses().deviation(function, a, xi, targets.of(target, n, i));
      }
    }
    output().value().set(0, factor * sum);
  }

  @Override
  protected void backward() {
    Var x = input(0);
    if (!x.needsGrad()) {
      return;
    }
    Tensor target = input(1).value();
    Tensor dx = x.gradTarget();
    double scale = factor * output().grad().get(0);
    if (weights == null) {
      kernels().losses().deviationBackward(function, a, x.value(), target, scale, dx);
    } else {
      int n = weights.count();
      for (int i = 0; i < n; i++) {
        kernels()
            .losses()
            .deviationBackward(
                function,
                a,
                xs.of(x.value(), n, i),
                targets.of(target, n, i),
                scale * weights.get(i),
                slopes.of(dx, n, i));
      }
    }
    x.gradDone();
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
