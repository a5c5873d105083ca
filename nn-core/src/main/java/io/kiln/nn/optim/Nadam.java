package io.kiln.nn.optim;

import io.kiln.nn.config.Settings;
import io.kiln.nn.kernel.Kernels;
import io.kiln.nn.tensor.Tensor;
import java.util.List;

/**
 * Adam with Nesterov momentum (Dozat 2016, "Incorporating Nesterov momentum into Adam"), with the
 * momentum schedule of PyTorch's NAdam.
 *
 * <p>μₜ = β₁·(1 − ½·0.96^(t·ψ)), Mₜ = Π μᵢ up to t; m and v as in {@link Adam}; w −= rate·(μₜ₊₁·m /
 * (1 − Mₜ₊₁) + (1 − μₜ)·g′ / (1 − Mₜ)) / (√v̂ + ε).
 *
 * <p>Mₜ is computed from t alone, so there is no state besides m and v: log Π (1 − ½·qⁱ) = −Σₖ
 * 2⁻ᵏ/k · qᵏ·(1 − qᵏᵗ) / (1 − qᵏ) with q = 0.96^ψ.
 *
 * @param beta1 0.9
 * @param beta2 0.999
 * @param epsilon 10⁻⁸
 * @param momentumDecay ψ, 0.004
 */
public record Nadam(double beta1, double beta2, double epsilon, double momentumDecay)
    implements Optimizer {
  private static final double BASE = 0.96;
  private static final int TERMS = 60;

  /** Reads {@code beta1}, {@code beta2}, {@code epsilon}, {@code momentum-decay}. */
  public static Nadam from(Settings settings) {
    return new Nadam(
        settings.belowOne("beta1", 0.9),
        settings.belowOne("beta2", 0.999),
        settings.within(0, Double.POSITIVE_INFINITY, "epsilon", 1e-8),
        settings.within(0, Double.POSITIVE_INFINITY, "momentum-decay", 0.004));
  }

  @Override
  public List<String> stateNames() {
    return List.of("mean", "square");
  }

  private double momentum(double t) {
    return beta1 * (1 - 0.5 * StrictMath.pow(BASE, t * momentumDecay));
  }

  /** Π μᵢ for i from 1 to t. */
  private double product(double t) {
    double log = 0;
    for (int k = 1; k <= TERMS; k++) {
      double q = StrictMath.pow(BASE, k * momentumDecay);
      double geometric = q == 1 ? t : q * (1 - StrictMath.pow(q, t)) / (1 - q);
      log -= StrictMath.pow(0.5, k) / k * geometric;
    }
    return StrictMath.exp(log) * StrictMath.pow(beta1, t);
  }

  @Override
  public void step(Kernels kernels, Tensor w, Tensor g, List<Tensor> state, Step step) {
    double t = step.number();
    double next = momentum(t + 1);
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
            step.rate() * next / (1 - product(t + 1)),
            step.rate() * (1 - momentum(t)) / (1 - product(t)),
            1 / Math.sqrt(Adam.correction(beta2, step)),
            epsilon,
            step.keep());
  }
}
