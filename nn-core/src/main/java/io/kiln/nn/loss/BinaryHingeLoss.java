package io.kiln.nn.loss;

import io.kiln.nn.autograd.Var;
import io.kiln.nn.config.Settings;
import io.kiln.nn.kernel.Deviation;
import io.kiln.nn.op.loss.DeviationLoss;
import io.kiln.nn.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Mean over all outputs of max(0, margin − s·x) with s = 1 where the target is above 0, else −1:
 * the linear support vector machine. Targets are 0 and 1, or −1 and 1.
 *
 * <p>Shapes: outputs and targets of equal shape; an axis of size 1 may be missing.
 *
 * @param margin 1 as usual
 */
public record BinaryHingeLoss(double margin) implements Loss {
  /** Reads {@code margin}. */
  public static BinaryHingeLoss from(Settings settings) {
    double margin = settings.within(0, 1e9, "margin", 1);
    settings.finish();
    return new BinaryHingeLoss(margin);
  }

  @Override
  public Var sum(Var output, Var target, @Nullable Var weights) {
    return DeviationLoss.of(
        Deviation.HINGE, margin, 1, output, Targets.likeOutput(output, target), weights);
  }

  @Override
  public double weight(Tensor target, @Nullable Tensor weights) {
    return Targets.elements(target, weights);
  }

  @Override
  public TargetKind kind() {
    return TargetKind.SIGNS;
  }
}
