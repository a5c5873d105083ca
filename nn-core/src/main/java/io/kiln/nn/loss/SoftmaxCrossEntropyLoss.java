package io.kiln.nn.loss;

import io.kiln.nn.autograd.Var;
import io.kiln.nn.config.Settings;
import io.kiln.nn.op.loss.SoftCrossEntropy;
import io.kiln.nn.op.loss.SoftmaxCrossEntropy;
import io.kiln.nn.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Mean of −log softmax(scores)[target], the loss of classification; targets below 0 are ignored, in
 * the mean too.
 *
 * <p>Shapes: scores {@code [n, classes]} or {@code [n, …, classes]}; targets the same without the
 * last axis, or with {@code targets: probabilities} the same. With class weights the mean is
 * weighted, as in PyTorch.
 *
 * @param targets how targets are read
 */
public record SoftmaxCrossEntropyLoss(Targets targets) implements Loss {
  /** Class indices, all weighing the same. */
  public SoftmaxCrossEntropyLoss() {
    this(Targets.plain());
  }

  /**
   * Reads {@code label-smoothing}, {@code class-weights}, {@code targets: indices|probabilities}.
   */
  public static SoftmaxCrossEntropyLoss from(Settings settings) {
    Targets targets = Targets.from(settings);
    settings.finish();
    return new SoftmaxCrossEntropyLoss(targets);
  }

  @Override
  public Var sum(Var output, Var target, @Nullable Var weights) {
    Var rows = Targets.rows(output);
    Var aligned = targets.aligned(output, target);
    return targets.isPlain() && weights == null
        ? SoftmaxCrossEntropy.of(rows, aligned)
        : SoftCrossEntropy.ofScores(
            rows, aligned, targets.weights(output.tape().dtype()), targets.smoothing(), weights);
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
