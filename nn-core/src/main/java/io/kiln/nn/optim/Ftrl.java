package io.kiln.nn.optim;

import io.kiln.nn.config.ConfigException;
import io.kiln.nn.config.Settings;
import io.kiln.nn.kernel.Kernels;
import io.kiln.nn.tensor.Tensor;
import java.util.List;

/**
 * Follow the regularized leader, proximal (McMahan et al. 2013, "Ad click prediction: a view from
 * the trenches", algorithm 1), in Keras's form: for sparse linear models.
 *
 * <p>With n the sum of squares, begun with {@code initial}, and p = −{@code learning-rate-power}: z
 * += g′ − ((n + g′²)ᵖ − nᵖ) / rate·w, n += g′²; w = 0 where |z| ≤ l1, else −(z − sign(z)·l1) / (nᵖ
 * / rate + 2·l2).
 *
 * @param power p, 0.5
 * @param initial what n begins with, 0.1
 * @param l1 strength of the L1 term, 0; it makes weights exactly 0
 * @param l2 strength of the L2 term, 0
 */
public record Ftrl(double power, double initial, double l1, double l2) implements Optimizer {
  private static final double INFINITY = Double.POSITIVE_INFINITY;

  /** Reads {@code learning-rate-power} (−0.5), {@code initial}, {@code l1}, {@code l2}. */
  public static Ftrl from(Settings settings) {
    double power = settings.within(-1, 0, "learning-rate-power", -0.5);
    double initial = settings.within(0, INFINITY, "initial", 0.1);
    if (initial == 0) {
      throw new ConfigException(
          settings.path("initial") + ": 0 came but it must be above 0, such as 0.1");
    }
    return new Ftrl(
        -power,
        initial,
        settings.within(0, INFINITY, "l1", 0),
        settings.within(0, INFINITY, "l2", 0));
  }

  @Override
  public List<String> stateNames() {
    return List.of("squares", "linear");
  }

  @Override
  public void step(Kernels kernels, Tensor w, Tensor g, List<Tensor> state, Step step) {
    Kernels.of(w.dtype())
        .adaptive()
        .ftrl(
            w, g, state.get(0), state.get(1), step.factors(), step.rate(), power, initial, l1, l2);
  }
}
