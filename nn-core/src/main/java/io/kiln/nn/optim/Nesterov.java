package io.kiln.nn.optim;

import io.kiln.nn.config.Settings;
import io.kiln.nn.kernel.Kernels;
import io.kiln.nn.tensor.Tensor;
import java.util.List;

/**
 * Nesterov's accelerated gradient: {@link Momentum} that looks ahead.
 *
 * @param rule the momentum
 */
public record Nesterov(Momentum rule) implements Optimizer {
  /** Reads {@code momentum} (0.9), {@code form} (rate-inside). */
  public static Nesterov from(Settings settings) {
    return new Nesterov(Momentum.read(settings, true));
  }

  @Override
  public List<String> stateNames() {
    return rule.stateNames();
  }

  @Override
  public void step(Kernels kernels, Tensor w, Tensor g, List<Tensor> state, Step step) {
    rule.step(kernels, w, g, state, step);
  }
}
