package io.kiln.nn.loss;

import io.kiln.nn.autograd.Op;
import io.kiln.nn.autograd.Var;
import io.kiln.nn.tensor.Shape;
import org.jspecify.annotations.Nullable;

/**
 * What the sum of a loss is divided by, as a number of the graph: it follows the targets from step
 * to step. Shapes: targets {@code [n, …]} → {@code []}. There is no gradient.
 */
final class LossWeight extends Op {
  private final Loss loss;

  private LossWeight(Loss loss, Var... inputs) {
    super(Shape.of(), inputs);
    this.loss = loss;
  }

  /** Records the weight of targets, which are constants. */
  static Var of(Loss loss, Var target, @Nullable Var weights) {
    if (target.needsGrad() || (weights != null && weights.needsGrad())) {
      throw new IllegalArgumentException(
          "loss: targets or weights need a gradient but get none; make them with tape.constant");
    }
    LossWeight op =
        weights == null ? new LossWeight(loss, target) : new LossWeight(loss, target, weights);
    return target.tape().apply(op);
  }

  @Override
  protected void forward() {
    boolean weighted = inputs().size() > 1;
    output().value().set(0, loss.weight(input(0).value(), weighted ? input(1).value() : null));
  }

  @Override
  protected void backward() {
    throw new IllegalStateException("loss-weight: it has no gradient");
  }
}
