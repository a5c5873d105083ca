package io.kiln.nn.optim;

import io.kiln.nn.config.Settings;
import io.kiln.nn.kernel.Kernels;
import io.kiln.nn.tensor.Tensor;
import java.util.List;

/**
 * Lion (Chen et al. 2023, "Symbolic discovery of optimization algorithms", algorithm 2): w −=
 * rate·sign(β₁m + (1 − β₁)g′), then m = β₂m + (1 − β₂)g′. Weight decay is decoupled unless the
 * configuration says otherwise; rates are three to ten times smaller than Adam's.
 *
 * @param beta1 0.9
 * @param beta2 0.99
 */
public record Lion(double beta1, double beta2) implements Optimizer {
  /** Reads {@code beta1}, {@code beta2}. */
  public static Lion from(Settings settings) {
    return new Lion(settings.within(0, 1, "beta1", 0.9), settings.within(0, 1, "beta2", 0.99));
  }

  @Override
  public List<String> stateNames() {
    return List.of("mean");
  }

  @Override
  public void step(Kernels kernels, Tensor w, Tensor g, List<Tensor> state, Step step) {
    kernels
        .updates()
        .lion(
            w, g, state.get(0), step.scale(), step.decay(), beta1, beta2, step.rate(), step.keep());
  }

  @Override
  public Traits traits() {
    return Traits.NONE.decoupled(0);
  }
}
