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
 * @param form where ε stands; in Keras's form it is rate·g′ / √(s + initial + ε)
 */
public record AdaGrad(double epsilon, double initial, EpsilonForm form) implements Optimizer {
  /** Reads {@code epsilon}, {@code initial}, {@code epsilon-as: pytorch|keras}. */
  public static AdaGrad from(Settings settings) {
    return new AdaGrad(
        settings.within(0, Double.POSITIVE_INFINITY, "epsilon", 1e-10),
        settings.within(0, Double.POSITIVE_INFINITY, "initial", 0),
        EpsilonForm.from(settings));
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
            form == EpsilonForm.KERAS ? initial + epsilon : initial,
            form == EpsilonForm.KERAS ? 0 : epsilon,
            step.keep());
  }
}
