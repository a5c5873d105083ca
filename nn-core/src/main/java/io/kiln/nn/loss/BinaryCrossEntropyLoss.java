package io.kiln.nn.loss;

import io.kiln.nn.autograd.Var;
import io.kiln.nn.config.Settings;
import io.kiln.nn.kernel.Deviation;
import io.kiln.nn.op.loss.DeviationLoss;
import io.kiln.nn.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Mean over all outputs of −(w·t·log σ(x) + (1 − t)·log(1 − σ(x))), of scores x: the network needs
 * no sigmoid at its end. PyTorch's BCEWithLogitsLoss; {@code bce} for short.
 *
 * <p>Shapes: scores and targets t in [0, 1] of equal shape; an axis of size 1 may be missing.
 *
 * @param positiveWeight weight w of positive targets; above 1 for rare ones
 */
public record BinaryCrossEntropyLoss(double positiveWeight) implements Loss {
  /** Reads {@code positive-weight}. */
  public static BinaryCrossEntropyLoss from(Settings settings) {
    double positiveWeight = settings.within(0, 1e9, "positive-weight", 1);
    settings.finish();
    return new BinaryCrossEntropyLoss(positiveWeight);
  }

  @Override
  public Var sum(Var output, Var target, @Nullable Var weights) {
    return DeviationLoss.of(
        Deviation.LOGISTIC, positiveWeight, 1, output, Targets.likeOutput(output, target), weights);
  }

  @Override
  public double weight(Tensor target, @Nullable Tensor weights) {
    return Targets.elements(target, weights);
  }

  @Override
  public TargetKind kind() {
    return TargetKind.PROBABILITIES;
  }
}
