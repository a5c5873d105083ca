package io.kiln.nn.loss;

import io.kiln.nn.autograd.Var;
import io.kiln.nn.config.ConfigException;
import io.kiln.nn.config.Settings;
import io.kiln.nn.op.Ops;
import io.kiln.nn.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Mean of −y[target] of a network that ends with log-softmax and so gives logarithms of
 * probabilities: PyTorch's NLLLoss. Targets below 0 are ignored, in the mean too.
 *
 * <p>Shapes: log-probabilities {@code [n, classes]} or {@code [n, …, classes]}; targets the same
 * without the last axis. With class weights the mean is weighted. Gradient: −weight at the target,
 * else 0.
 *
 * @param targets how targets are read; indices, without smoothing
 */
public record NegativeLogLikelihoodLoss(Targets targets) implements Loss {
  /** Refuses what has no meaning here. */
  public NegativeLogLikelihoodLoss {
    if (targets.smoothing() != 0 || targets.distributions()) {
      throw new ConfigException(
          "loss: negative-log-likelihood takes indices without label-smoothing; use"
              + " softmax-cross-entropy on scores for these");
    }
  }

  /** Reads {@code class-weights}. */
  public static NegativeLogLikelihoodLoss from(Settings settings) {
    Targets targets = Targets.from(settings);
    settings.finish();
    return new NegativeLogLikelihoodLoss(targets);
  }

  @Override
  public Var sum(Var output, Var target, @Nullable Var weights) {
    Var rows = Targets.rows(output);
    Var chosen = Chosen.of(targets, output, target, weights);
    return Ops.multiply(Ops.sum(Ops.multiply(rows, chosen)), -1);
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
