package io.kiln.nn.loss;

import io.kiln.nn.autograd.Var;
import io.kiln.nn.config.ConfigException;
import io.kiln.nn.config.Settings;
import io.kiln.nn.op.Ops;
import io.kiln.nn.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Mean of −α·(1 − p)^γ·log p with p = softmax(scores)[target]: Lin et al. 2017, "Focal loss for
 * dense object detection", for classes as in Keras. Targets below 0 are ignored, in the mean too.
 *
 * <p>Shapes: scores {@code [n, classes]} or {@code [n, …, classes]}; targets the same without the
 * last axis.
 *
 * @param gamma how much less what is right already counts: 0, or 1 and more; 0 is
 *     softmax-cross-entropy
 * @param alpha factor of all
 * @param targets how targets are read; indices, without smoothing
 */
public record FocalLoss(double gamma, double alpha, Targets targets) implements Loss {
  /** Refuses what has no meaning here. */
  public FocalLoss {
    checkGamma("loss.gamma", gamma);
    if (targets.smoothing() != 0 || targets.distributions()) {
      throw new ConfigException(
          "loss: focal takes indices without label-smoothing; use softmax-cross-entropy for these");
    }
  }

  /** The slope of (1 − p)^γ at p = 1 is infinite between 0 and 1. */
  static void checkGamma(String where, double gamma) {
    if (gamma != 0 && !(gamma >= 1)) {
      throw new ConfigException(where + ": " + gamma + " came but it must be 0, or 1 or more");
    }
  }

  /** Reads {@code gamma} (2), {@code alpha} (1), {@code class-weights}. */
  public static FocalLoss from(Settings settings) {
    double gamma = settings.within(0, Double.POSITIVE_INFINITY, "gamma", 2);
    double alpha = settings.within(0, Double.POSITIVE_INFINITY, "alpha", 1);
    Targets targets = Targets.from(settings);
    settings.finish();
    return new FocalLoss(gamma, alpha, targets);
  }

  @Override
  public Var sum(Var output, Var target, @Nullable Var weights) {
    Var logs = Ops.logSoftmax(Targets.rows(output), -1);
    Var parts = Ops.multiply(logs, Chosen.of(targets, output, target, weights));
    if (gamma != 0) {
      parts = Ops.multiply(parts, Ops.power(Ops.subtract(1, Ops.exp(logs)), gamma));
    }
    return Ops.multiply(Ops.sum(parts), -alpha);
  }

  @Override
  public double weight(Tensor target, @Nullable Tensor weights) {
    return targets.weight(target, weights);
  }

  @Override
  public TargetKind kind() {
    return targets.kind();
  }
}
