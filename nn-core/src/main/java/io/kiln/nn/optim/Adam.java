package io.kiln.nn.optim;

import io.kiln.nn.config.Settings;
import io.kiln.nn.kernel.Kernels;
import io.kiln.nn.tensor.Tensor;
import java.util.List;

/**
 * Adam (Kingma and Ba 2015, algorithm 1), with ε outside the root and bias-corrected second moment
 * inside it, as in PyTorch.
 *
 * <p>g′ = scale·g + decay·w, m = β₁m + (1 − β₁)g′, v = β₂v + (1 − β₂)g′², w −= rate·m̂ / (√v̂ + ε)
 * with m̂ = m / (1 − β₁ᵗ), v̂ = v / (1 − β₂ᵗ).
 *
 * @param beta1 0.9 in the paper
 * @param beta2 0.999 in the paper
 * @param epsilon 10⁻⁸ in the paper
 */
public record Adam(double beta1, double beta2, double epsilon) implements Optimizer {
  /** Reads {@code beta1}, {@code beta2}, {@code epsilon}. */
  public static Adam from(Settings settings) {
    return new Adam(
        settings.belowOne("beta1", 0.9),
        settings.belowOne("beta2", 0.999),
        settings.within(0, Double.POSITIVE_INFINITY, "epsilon", 1e-8));
  }

  @Override
  public List<String> stateNames() {
    return List.of("mean", "square");
  }

  /** 1 − βᵗ. */
  static double correction(double beta, Step step) {
    return 1 - StrictMath.pow(beta, (double) step.number());
  }

  @Override
  public void step(Kernels kernels, Tensor w, Tensor g, List<Tensor> state, Step step) {
    kernels
        .updates()
        .adam(
            w,
            g,
            state.get(0),
            state.get(1),
            step.scale(),
            step.decay(),
            beta1,
            beta2,
            step.rate() / correction(beta1, step),
            0,
            1 / Math.sqrt(correction(beta2, step)),
            epsilon,
            step.keep());
  }
}
