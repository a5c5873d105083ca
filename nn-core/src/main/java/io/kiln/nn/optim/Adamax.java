package io.kiln.nn.optim;

import io.kiln.nn.config.Settings;
import io.kiln.nn.kernel.Kernels;
import io.kiln.nn.tensor.Tensor;
import java.util.List;

/**
 * Adam with the infinity norm (Kingma and Ba 2015, algorithm 2), with PyTorch's ε.
 *
 * <p>m = β₁m + (1 − β₁)g′, u = max(β₂u, |g′| + ε), w −= rate / (1 − β₁ᵗ)·m / u.
 *
 * @param beta1 0.9 in the paper
 * @param beta2 0.999 in the paper
 * @param epsilon keeps u above 0
 */
public record Adamax(double beta1, double beta2, double epsilon) implements Optimizer {
  /** Reads {@code beta1}, {@code beta2}, {@code epsilon}. */
  public static Adamax from(Settings settings) {
    return new Adamax(
        settings.belowOne("beta1", 0.9),
        settings.belowOne("beta2", 0.999),
        settings.within(0, Double.POSITIVE_INFINITY, "epsilon", 1e-8));
  }

  @Override
  public List<String> stateNames() {
    return List.of("mean", "norm");
  }

  @Override
  public void step(Kernels kernels, Tensor w, Tensor g, List<Tensor> state, Step step) {
    kernels
        .updates()
        .adamax(
            w,
            g,
            state.get(0),
            state.get(1),
            step.scale(),
            step.decay(),
            beta1,
            beta2,
            step.rate() / Adam.correction(beta1, step),
            epsilon,
            step.keep());
  }
}
