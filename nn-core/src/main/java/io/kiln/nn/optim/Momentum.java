package io.kiln.nn.optim;

import io.kiln.nn.config.Settings;
import io.kiln.nn.kernel.Kernels;
import io.kiln.nn.tensor.Tensor;
import java.util.List;

/**
 * Gradient descent with momentum: Polyak 1964, and Nesterov's form as in Sutskever et al. 2013.
 *
 * <p>Two forms, the same while the rate stays the same. Rate inside (CS231n): v = momentum·v −
 * rate·g′, w += v, or with Nesterov w += momentum·v − rate·g′. Rate outside (PyTorch, {@link Sgd}):
 * v = momentum·v + g′, w −= rate·v, or with Nesterov w −= rate·(g′ + momentum·v).
 *
 * <p>The saved state is −v in the form with the rate inside.
 *
 * @param momentum share of the velocity that is kept
 * @param rateInside which form
 * @param nesterov whether to look ahead
 */
public record Momentum(double momentum, boolean rateInside, boolean nesterov) implements Optimizer {
  /** Reads {@code momentum} (0.9), {@code form} (rate-inside), {@code nesterov} (false). */
  public static Momentum from(Settings settings) {
    return read(settings, settings.flag("nesterov", false));
  }

  static Momentum read(Settings settings, boolean nesterov) {
    double momentum = settings.within(0, 1, "momentum", 0.9);
    String form = settings.choice("form", "rate-inside", "rate-inside", "rate-outside");
    return new Momentum(momentum, form.equals("rate-inside"), nesterov);
  }

  @Override
  public List<String> stateNames() {
    return List.of("momentum");
  }

  @Override
  public void step(Kernels kernels, Tensor w, Tensor g, List<Tensor> state, Step step) {
    double rate = step.rate();
    double outside = rateInside ? 1 : rate;
    kernels
        .updates()
        .momentum(
            w,
            g,
            state.get(0),
            step.scale(),
            step.decay(),
            momentum,
            rateInside ? rate : 1,
            nesterov ? outside * momentum : outside,
            nesterov ? rate : 0,
            step.keep());
  }
}
