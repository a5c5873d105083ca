package io.kiln.nn.loss;

import io.kiln.nn.autograd.Var;
import io.kiln.nn.config.Settings;
import io.kiln.nn.kernel.Deviation;
import io.kiln.nn.op.loss.DeviationLoss;
import io.kiln.nn.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Mean over all outputs of d² / (2·beta) where d = |output − target| is up to beta, else d − beta /
 * 2: the Huber loss divided by beta. Girshick 2015; PyTorch's SmoothL1Loss.
 *
 * <p>Shapes: outputs and targets of equal shape; an axis of size 1 may be missing.
 *
 * @param beta where the parabola goes over into lines, above 0; where targets are scaled, in their
 *     deviations
 */
public record SmoothL1Loss(double beta) implements Loss {
  /** Reads {@code beta}. */
  public static SmoothL1Loss from(Settings settings) {
    double beta = settings.within(1e-9, 1e9, "beta", 1);
    settings.finish();
    return new SmoothL1Loss(beta);
  }

  @Override
  public Var sum(Var output, Var target, @Nullable Var weights) {
    return DeviationLoss.of(
        Deviation.HUBER, beta, 1 / beta, output, Targets.likeOutput(output, target), weights);
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
    return deviation;
  }
}
