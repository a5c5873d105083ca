package io.kiln.nn.optim;

import io.kiln.nn.config.Settings;
import io.kiln.nn.kernel.Kernels;
import io.kiln.nn.tensor.Tensor;
import java.util.List;

/**
 * {@link Adam} with decoupled weight decay: Loshchilov and Hutter 2019. The decay is 0.01 where
 * nothing is configured, as in PyTorch.
 *
 * @param rule the update
 */
public record AdamW(Adam rule) implements Optimizer {
  /** Reads {@code beta1}, {@code beta2}, {@code epsilon}. */
  public static AdamW from(Settings settings) {
    return new AdamW(Adam.from(settings));
  }

  @Override
  public List<String> stateNames() {
    return rule.stateNames();
  }

  @Override
  public void step(Kernels kernels, Tensor w, Tensor g, List<Tensor> state, Step step) {
    rule.step(kernels, w, g, state, step);
  }

  @Override
  public Traits traits() {
    return Traits.NONE.decoupled(0.01);
  }
}
