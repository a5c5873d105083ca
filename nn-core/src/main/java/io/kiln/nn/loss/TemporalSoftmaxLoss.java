package io.kiln.nn.loss;

import io.kiln.nn.autograd.Var;
import io.kiln.nn.config.Settings;
import io.kiln.nn.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Cross-entropy of a word at each step; steps whose target is below 0 are not counted.
 *
 * <p>Shapes: scores {@code [n, t, words]}, targets {@code [n, t]}. The sum over the steps that
 * count is divided by their number (PyTorch's mean, the default) or by the number of sequences n
 * (Stanford's CS231n).
 *
 * @param bySequences whether the sum is divided by n
 */
public record TemporalSoftmaxLoss(boolean bySequences) implements Loss {
  private static final SoftmaxCrossEntropyLoss WORDS = new SoftmaxCrossEntropyLoss();

  /** Reads {@code divide-by: words|sequences}. */
  public static TemporalSoftmaxLoss from(Settings settings) {
    String by = settings.choice("divide-by", "words", "words", "sequences");
    settings.finish();
    return new TemporalSoftmaxLoss(by.equals("sequences"));
  }

  @Override
  public Var sum(Var output, Var target, @Nullable Var weights) {
    return WORDS.sum(output, target, weights);
  }

  @Override
  public double weight(Tensor target, @Nullable Tensor weights) {
    return bySequences ? Targets.samples(target, weights) : WORDS.weight(target, weights);
  }

  @Override
  public TargetKind kind() {
    return TargetKind.CLASSES;
  }
}
