package io.kiln.nn.optim;

import io.kiln.nn.config.ConfigException;
import io.kiln.nn.config.Settings;
import io.kiln.nn.kernel.Kernels;
import io.kiln.nn.tensor.Tensor;
import java.util.List;

/**
 * Stochastic gradient descent, with momentum as in PyTorch's SGD.
 *
 * <p>g′ = scale·g + decay·w; without momentum w −= rate·g′; with it v = momentum·v + (1 −
 * dampening)·g′ (v = g′ in the first step), w −= rate·v, or with Nesterov w −= rate·(g′ +
 * momentum·v).
 *
 * @param momentum 0 for none
 * @param dampening 0 as in PyTorch
 * @param nesterov whether to look ahead; needs momentum
 */
public record Sgd(double momentum, double dampening, boolean nesterov) implements Optimizer {
  /** Reads {@code momentum}, {@code dampening}, {@code nesterov}. */
  public static Sgd from(Settings settings) {
    double momentum = settings.within(0, 1, "momentum", 0);
    double dampening = settings.within(0, 1, "dampening", 0);
    boolean nesterov = settings.flag("nesterov", false);
    if (nesterov && (momentum == 0 || dampening != 0)) {
      throw new ConfigException(
          settings.path("nesterov")
              + ": true came with momentum "
              + momentum
              + " and dampening "
              + dampening
              + " but it needs momentum and no dampening");
    }
    return new Sgd(momentum, dampening, nesterov);
  }

  @Override
  public List<String> stateNames() {
    return momentum == 0 ? List.of() : List.of("momentum");
  }

  @Override
  public void step(Kernels kernels, Tensor w, Tensor g, List<Tensor> state, Step step) {
    double rate = step.rate();
    if (momentum == 0) {
      kernels.updates().sgd(w, g, step.scale(), step.decay(), rate, step.keep());
      return;
    }
    kernels
        .updates()
        .momentum(
            w,
            g,
            state.get(0),
            step.scale(),
            step.decay(),
            momentum,
            step.number() == 1 ? 1 : 1 - dampening,
            nesterov ? rate * momentum : rate,
            nesterov ? rate : 0,
            step.keep());
  }
}
