package io.kiln.nn.layer;

import io.kiln.nn.autograd.Var;
import io.kiln.nn.config.Settings;
import io.kiln.nn.op.SoftmaxCrossEntropy;
import io.kiln.nn.tensor.Tensor;

/**
 * Mean over samples of −log softmax(scores)[target]; targets below 0 are ignored, in the mean too.
 */
public record SoftmaxCrossEntropyLoss() implements Loss {
  /** Has no settings. */
  public static SoftmaxCrossEntropyLoss from(Settings settings) {
    settings.finish();
    return new SoftmaxCrossEntropyLoss();
  }

  @Override
  public Var sum(Var output, Var target) {
    return SoftmaxCrossEntropy.of(output, target);
  }

  @Override
  public double weight(Tensor target) {
    int counted = 0;
    for (int i = 0; i < target.count(); i++) {
      counted += target.get(i) >= 0 ? 1 : 0;
    }
    return counted;
  }
}
