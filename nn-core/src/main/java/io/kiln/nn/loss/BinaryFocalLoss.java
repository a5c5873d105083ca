package io.kiln.nn.loss;

import io.kiln.nn.autograd.Var;
import io.kiln.nn.config.Settings;
import io.kiln.nn.kernel.Nonlinearity;
import io.kiln.nn.op.Ops;
import io.kiln.nn.op.arithmetic.Activation;
import io.kiln.nn.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Focal loss of yes or no (Lin et al. 2017), of scores s: mean of a·(1 − q)^γ·(softplus(s) − s·t)
 * with q = t·σ(s) + (1 − t)·(1 − σ(s)) and a = t·α + (1 − t)·(1 − α), as torchvision's
 * sigmoid_focal_loss.
 *
 * <p>Shapes: scores and targets of equal shape; targets are the probability of yes, 0 to 1.
 *
 * @param gamma how much less what is right already counts: 0, or 1 and more
 * @param alpha how much yes counts, 0 to 1; no counts 1 − α
 */
public record BinaryFocalLoss(double gamma, double alpha) implements Loss {
  /** Checks gamma. */
  public BinaryFocalLoss {
    FocalLoss.checkGamma("loss.gamma", gamma);
  }

  /** Reads {@code gamma} (2), {@code alpha} (0.25). */
  public static BinaryFocalLoss from(Settings settings) {
    double gamma = settings.within(0, Double.POSITIVE_INFINITY, "gamma", 2);
    double alpha = settings.within(0, 1, "alpha", 0.25);
    settings.finish();
    return new BinaryFocalLoss(gamma, alpha);
  }

  @Override
  public Var sum(Var output, Var target, @Nullable Var weights) {
    Var t = Targets.likeOutput(output, target);
    if (!t.shape().equals(output.shape())) {
      throw new IllegalArgumentException(
          "loss: target is "
              + target.shape()
              + " but x is "
              + output.shape()
              + "; give one target an output");
    }
    Var parts = Ops.subtract(Activation.of(Nonlinearity.SOFTPLUS, output), Ops.multiply(output, t));
    if (gamma != 0) {
      // 1 − q = t + (1 − 2t)·σ(s)
      Var wrong = Ops.add(t, Ops.multiply(Ops.sigmoid(output), linear(-2, t, 1)));
      parts = Ops.multiply(parts, Ops.power(wrong, gamma));
    }
    parts = Ops.multiply(parts, linear(2 * alpha - 1, t, 1 - alpha));
    if (weights != null) {
      int n = output.shape().size(0);
      Var rows = Ops.reshape(parts, n, output.shape().count() / Math.max(1, n));
      parts = Ops.multiply(rows, Chosen.perRow(rows, weights));
    }
    return Ops.sum(parts);
  }

  /** factor·t + more. */
  private static Var linear(double factor, Var t, double more) {
    return Ops.add(Ops.multiply(t, factor), more);
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
