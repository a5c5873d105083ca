package io.kiln.nn.loss;

import io.kiln.nn.autograd.Var;
import io.kiln.nn.config.Settings;
import io.kiln.nn.kernel.Deviation;
import io.kiln.nn.op.loss.DeviationLoss;
import io.kiln.nn.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Mean over all outputs of d² / 2 where d = |output − target| is up to delta, else delta·(d − delta
 * / 2). Huber 1964; PyTorch's HuberLoss.
 *
 * <p>Shapes: outputs and targets of equal shape; an axis of size 1 may be missing.
 *
 * @param delta where the parabola goes over into lines, above 0; where targets are scaled, in their
 *     deviations
 */
public record HuberLoss(double delta) implements Loss {
  /** Reads {@code delta}. */
  public static HuberLoss from(Settings settings) {
    double delta = settings.within(1e-9, 1e9, "delta", 1);
    settings.finish();
    return new HuberLoss(delta);
  }

  @Override
  public Var sum(Var output, Var target, @Nullable Var weights) {
    return DeviationLoss.of(
        Deviation.HUBER, delta, 1, output, Targets.likeOutput(output, target), weights);
  }

  @Override
  public double weight(Tensor target, @Nullable Tensor weights) {
    return Targets.elements(target, weights);
  }

  @Override
  public TargetKind kind() {
    return TargetKind.NUMBERS;
  }

  @Override
  public double unit(double deviation) {
    return deviation * deviation;
  }
}
