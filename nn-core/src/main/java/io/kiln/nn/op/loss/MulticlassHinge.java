package io.kiln.nn.op.loss;

import io.kiln.nn.autograd.Check;
import io.kiln.nn.autograd.Op;
import io.kiln.nn.autograd.Var;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * L = Σ over rows of Σ over j ≠ target of max(0, xⱼ − x[target] + margin): the multiclass support
 * vector machine of Weston and Watkins 1999.
 *
 * <p>Shapes: x {@code [n, classes]}, target {@code [n]} class indices (below 0: the row is ignored)
 * → L {@code []}. Gradient: 1 at each j whose term is positive, minus their number at the target.
 * Targets get none. With weights {@code [samples]} the rows of sample i count wᵢ times.
 */
public final class MulticlassHinge extends Op {
  private final double margin;
  private final int n;
  private final int classes;
  private final @Nullable SampleWeights weights;
  private final SampleWeights.Parts xs = new SampleWeights.Parts();
  private final SampleWeights.Parts targets = new SampleWeights.Parts();
  private final SampleWeights.Parts slopes = new SampleWeights.Parts();

  private MulticlassHinge(double margin, Var[] inputs, @Nullable SampleWeights weights) {
    super(Shape.of(), inputs);
    this.margin = margin;
    this.n = inputs[0].shape().size(0);
    this.classes = inputs[0].shape().size(1);
    this.weights = weights;
  }

  /** Records the summed loss of samples that count the same. */
  public static Var of(double margin, Var x, Var target) {
    return of(margin, x, target, null);
  }

  /** Records the summed loss; weights of each sample, or null for 1. */
  public static Var of(double margin, Var x, Var target, @Nullable Var weights) {
    Check.rank("multiclass-hinge", "x", x, 2);
    Check.that(
        target.shape().equals(Shape.of(x.shape().size(0))),
        "multiclass-hinge: target is "
            + target.shape()
            + " but x is "
            + x.shape()
            + "; give one class index a row");
    Check.constant("multiclass-hinge", target);
    SampleWeights each = SampleWeights.of("multiclass-hinge", x, weights);
    Var[] inputs = SampleWeights.inputs(x, target, weights);
    return x.tape().apply(new MulticlassHinge(margin, inputs, each));
  }

  @Override
  protected void forward() {
    Tensor x = input(0).value();
    Tensor target = input(1).value();
    double loss = 0;
    if (weights == null) {
      loss = kernels().losses().multiclassHinge(x, target, n, classes, margin);
    } else {
      int samples = weights.count();
      for (int i = 0; i < samples; i++) {
        Tensor xi = xs.of(x, samples, i);
        Tensor ti = targets.of(target, samples, i);
        loss +=
            weights.get(i)
                * kernels().losses().multiclassHinge(xi, ti, n / samples, classes, margin);
      }
    }
    output().value().set(0, loss);
  }

  @Override
  protected void backward() {
    Var x = input(0);
    if (!x.needsGrad()) {
      return;
    }
    Tensor target = input(1).value();
    Tensor dx = x.gradTarget();
    double scale = output().grad().get(0);
    if (weights == null) {
      kernels().losses().multiclassHingeBackward(x.value(), target, n, classes, margin, scale, dx);
    } else {
      int samples = weights.count();
      for (int i = 0; i < samples; i++) {
        kernels()
            .losses()
            .multiclassHingeBackward(
                xs.of(x.value(), samples, i),
                targets.of(target, samples, i),
                n / samples,
                classes,
                margin,
                scale * weights.get(i),
                slopes.of(dx, samples, i));
      }
    }
    x.gradDone();
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
