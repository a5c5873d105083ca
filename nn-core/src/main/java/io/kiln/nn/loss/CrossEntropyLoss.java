package io.kiln.nn.loss;

import io.kiln.nn.autograd.Var;
import io.kiln.nn.config.Settings;
import io.kiln.nn.op.loss.SoftCrossEntropy;
import io.kiln.nn.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Mean of −log p[target] of a network that ends with softmax and so gives probabilities. {@link
 * SoftmaxCrossEntropyLoss}, which takes scores, is faster and more exact.
 *
 * <p>Shapes: probabilities {@code [n, classes]} or {@code [n, …, classes]}; targets the same
 * without the last axis, or with {@code targets: probabilities} the same.
 *
 * @param targets how targets are read
 */
public record CrossEntropyLoss(Targets targets) implements Loss {
  /**
   * Reads {@code label-smoothing}, {@code class-weights}, {@code targets: indices|probabilities}.
   */
  public static CrossEntropyLoss from(Settings settings) {
    Targets targets = Targets.from(settings);
    settings.finish();
    return new CrossEntropyLoss(targets);
  }

  @Override
  public Var sum(Var output, Var target, @Nullable Var weights) {
    return SoftCrossEntropy.ofProbabilities(
        Targets.rows(output),
        targets.aligned(output, target),
        targets.weights(output.tape().dtype()),
        targets.smoothing(),
        weights);
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
