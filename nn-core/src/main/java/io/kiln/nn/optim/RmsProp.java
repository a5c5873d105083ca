package io.kiln.nn.optim;

import io.kiln.nn.config.Settings;
import io.kiln.nn.kernel.Kernels;
import io.kiln.nn.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Root mean square propagation (Tieleman and Hinton 2012, lecture 6e), with ε outside the root as
 * in PyTorch.
 *
 * <p>s = α·s + (1 − α)·g′²; centered (Graves 2013) also m = α·m + (1 − α)·g′ and s − m² in place of
 * s; d = g′ / (√s + ε); w −= rate·d, or with momentum v = momentum·v + d, w −= rate·v.
 *
 * @param alpha 0.99
 * @param epsilon 10⁻⁸
 * @param momentum 0 for none
 * @param centered whether the variance is used instead of the mean square
 * @param form where ε stands; in Keras's form d = g′ / √(s + ε), and v = momentum·v + rate·d, w −=
 *     v
 */
public record RmsProp(
    double alpha, double epsilon, double momentum, boolean centered, EpsilonForm form)
    implements Optimizer {
  /**
   * Reads {@code alpha}, {@code epsilon}, {@code momentum}, {@code centered}, {@code epsilon-as:
   * pytorch|keras}.
   */
  public static RmsProp from(Settings settings) {
    return new RmsProp(
        settings.within(0, 1, "alpha", 0.99),
        settings.within(0, Double.POSITIVE_INFINITY, "epsilon", 1e-8),
        settings.within(0, 1, "momentum", 0),
        settings.flag("centered", false),
        EpsilonForm.from(settings));
  }

  @Override
  public List<String> stateNames() {
    List<String> names = new ArrayList<>(List.of("square"));
    if (centered) {
      names.add("mean");
    }
    if (momentum != 0) {
      names.add("momentum");
    }
    return List.copyOf(names);
  }

  @Override
  public void step(Kernels kernels, Tensor w, Tensor g, List<Tensor> state, Step step) {
    @Nullable Tensor mean = centered ? state.get(1) : null;
    @Nullable Tensor velocity = momentum == 0 ? null : state.get(state.size() - 1);
    if (form == EpsilonForm.KERAS) {
      Kernels.of(w.dtype())
          .adaptive()
          .rmsPropInside(
              w,
              g,
              state.get(0),
              mean,
              velocity,
              step.factors(),
              step.rate(),
              alpha,
              momentum,
              epsilon);
      return;
    }
    kernels
        .updates()
        .rmsProp(
            w,
            g,
            state.get(0),
            mean,
            velocity,
            step.scale(),
            step.decay(),
            step.rate(),
            alpha,
            momentum,
            epsilon,
            step.keep());
  }
}
