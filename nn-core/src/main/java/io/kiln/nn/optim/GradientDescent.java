package io.kiln.nn.optim;

import io.kiln.nn.config.Settings;
import io.kiln.nn.kernel.Kernels;
import io.kiln.nn.tensor.Tensor;
import java.util.List;

/**
 * Gradient descent on the whole training set: w −= rate·(scale·g + decay·w), one step an epoch.
 *
 * <p>It asks for the {@linkplain Traits#fullBatch full batch}: whoever trains with it takes the
 * size of the training set as batch size, whatever is configured.
 */
public record GradientDescent() implements Optimizer {
  /** Has no settings. */
  public static GradientDescent from(Settings settings) {
    return new GradientDescent();
  }

  @Override
  public List<String> stateNames() {
    return List.of();
  }

  @Override
  public void step(Kernels kernels, Tensor w, Tensor g, List<Tensor> state, Step step) {
    kernels.updates().sgd(w, g, step.scale(), step.decay(), step.rate(), step.keep());
  }

  @Override
  public Traits traits() {
    return Traits.NONE.onFullBatch(Traits.NONE.rate());
  }
}
