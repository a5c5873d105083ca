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
 * with m̂ = m / (1 − β₁ᵗ), v̂ = v / (1 − β₂ᵗ). AMSGrad (Reddi, Kale and Kumar 2018) takes the
 * greatest v so far in place of v, corrected likewise, as in PyTorch.
 *
 * @param beta1 0.9 in the paper
 * @param beta2 0.999 in the paper
 * @param epsilon 10⁻⁸ in the paper
 * @param form where ε stands; in Keras's, the root is √v / √(1 − β₂ᵗ) of √v + ε
 * @param amsgrad whether it is AMSGrad
 */
public record Adam(double beta1, double beta2, double epsilon, EpsilonForm form, boolean amsgrad)
    implements Optimizer {
  /** Adam with PyTorch's ε. */
  public Adam(double beta1, double beta2, double epsilon) {
    this(beta1, beta2, epsilon, EpsilonForm.PYTORCH, false);
  }

  /**
   * Reads {@code beta1}, {@code beta2}, {@code epsilon}, {@code epsilon-as: pytorch|keras}, {@code
   * amsgrad: true|false}.
   */
  public static Adam from(Settings settings) {
    return new Adam(
        settings.belowOne("beta1", 0.9),
        settings.belowOne("beta2", 0.999),
        settings.within(0, Double.POSITIVE_INFINITY, "epsilon", 1e-8),
        EpsilonForm.from(settings),
        settings.flag("amsgrad", false));
  }

  @Override
  public List<String> stateNames() {
    return amsgrad ? List.of("mean", "square", "most") : List.of("mean", "square");
  }

  /** 1 − βᵗ. */
  static double correction(double beta, Step step) {
    return 1 - StrictMath.pow(beta, (double) step.number());
  }

  @Override
  public void step(Kernels kernels, Tensor w, Tensor g, List<Tensor> state, Step step) {
    double along = step.rate() / correction(beta1, step);
    double root = 1 / Math.sqrt(correction(beta2, step));
    double e = form == EpsilonForm.KERAS ? epsilon * root : epsilon;
    if (amsgrad) {
      Kernels.of(w.dtype())
          .adaptive()
          .amsGrad(
              w,
              g,
              state.get(0),
              state.get(1),
              state.get(2),
              step.factors(),
              beta1,
              beta2,
              along,
              root,
              e);
      return;
    }
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
            along,
            0,
            root,
            e,
            step.keep());
  }
}
