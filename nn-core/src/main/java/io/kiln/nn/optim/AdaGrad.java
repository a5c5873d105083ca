package io.kiln.nn.optim;

import io.kiln.nn.config.Settings;
import io.kiln.nn.kernel.Kernels;
import io.kiln.nn.tensor.Tensor;
import java.util.List;

/**
 * Adaptive gradient (Duchi, Hazan and Singer 2011): s += g′², w −= rate·g′ / (√(s + initial) + ε).
 *
 * @param epsilon 10⁻¹⁰ as in PyTorch
 * @param initial what the sum of squares begins with
 */
public record AdaGrad(double epsilon, double initial) implements Optimizer {
  /** Reads {@code epsilon}, {@code initial}. */
  public static AdaGrad from(Settings settings) {
    return new AdaGrad(
        settings.within(0, Double.POSITIVE_INFINITY, "epsilon", 1e-10),
        settings.within(0, Double.POSITIVE_INFINITY, "initial", 0));
  }

  @Override
  public List<String> stateNames() {
    return List.of("square");
  }

  @Override
  public void step(Kernels kernels, Tensor w, Tensor g, List<Tensor> state, Step step) {
    kernels
        .updates()
        .adaGrad(
            w,
            g,
            state.get(0),
            step.scale(),
            step.decay(),
            step.rate(),
            initial,
            epsilon,
            step.keep());
  }
}
