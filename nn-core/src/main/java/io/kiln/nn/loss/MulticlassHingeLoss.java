package io.kiln.nn.loss;

import io.kiln.nn.autograd.Var;
import io.kiln.nn.config.Settings;
import io.kiln.nn.op.loss.MulticlassHinge;
import io.kiln.nn.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Mean over samples of Σ over j ≠ target of max(0, xⱼ − x[target] + margin), the multiclass support
 * vector machine; {@code svm} for short. Targets below 0 are ignored, in the mean too.
 *
 * <p>Shapes: scores x {@code [n, classes]} or {@code [n, …, classes]}; targets the same without the
 * last axis.
 *
 * @param margin 1 as usual
 */
public record MulticlassHingeLoss(double margin) implements Loss {
  /** Reads {@code margin}. */
  public static MulticlassHingeLoss from(Settings settings) {
    double margin = settings.within(0, Double.POSITIVE_INFINITY, "margin", 1);
    settings.finish();
    return new MulticlassHingeLoss(margin);
  }

  @Override
  public Var sum(Var output, Var target, @Nullable Var weights) {
    return MulticlassHinge.of(
        margin, Targets.rows(output), Targets.plain().aligned(output, target), weights);
  }

  @Override
  public double weight(Tensor target, @Nullable Tensor weights) {
    return Targets.plain().weight(target, weights);
  }

  @Override
  public TargetKind kind() {
    return TargetKind.CLASSES;
  }
}
