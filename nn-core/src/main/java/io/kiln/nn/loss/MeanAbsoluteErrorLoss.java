package io.kiln.nn.loss;

import io.kiln.nn.autograd.Var;
import io.kiln.nn.config.Settings;
import io.kiln.nn.kernel.Deviation;
import io.kiln.nn.op.loss.DeviationLoss;
import io.kiln.nn.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Mean over all outputs of |output − target|; {@code l1} for short.
 *
 * <p>Shapes: outputs and targets of equal shape; an axis of size 1 may be missing.
 */
public record MeanAbsoluteErrorLoss() implements Loss {
  /** Has no settings. */
  public static MeanAbsoluteErrorLoss from(Settings settings) {
    settings.finish();
    return new MeanAbsoluteErrorLoss();
  }

  @Override
  public Var sum(Var output, Var target, @Nullable Var weights) {
    return DeviationLoss.of(
        Deviation.ABSOLUTE, 0, 1, output, Targets.likeOutput(output, target), weights);
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
