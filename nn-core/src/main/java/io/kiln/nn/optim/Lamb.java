package io.kiln.nn.optim;

import io.kiln.nn.config.Settings;
import io.kiln.nn.kernel.Kernels;
import io.kiln.nn.tensor.Tensor;
import java.util.List;

/**
 * Layer-wise adaptive moments (You et al. 2020, "Large batch optimization for deep learning",
 * algorithm 2), for large batches.
 *
 * <p>m and v as in {@link Adam}, u = m̂ / (√v̂ + ε) + decay·w; for each weight w −= rate·‖w‖ /
 * ‖u‖·u, with 1 for the ratio where a norm is 0. Biases, gains and offsets have ratio 1. Weight
 * decay is always the decay in u, whether it is configured as decoupled or not.
 *
 * @param beta1 0.9
 * @param beta2 0.999
 * @param epsilon 10⁻⁶
 */
public record Lamb(double beta1, double beta2, double epsilon) implements LayerWise {
  /** Reads {@code beta1}, {@code beta2}, {@code epsilon}. */
  public static Lamb from(Settings settings) {
    return new Lamb(
        settings.belowOne("beta1", 0.9),
        settings.belowOne("beta2", 0.999),
        settings.within(0, Double.POSITIVE_INFINITY, "epsilon", 1e-6));
  }

  @Override
  public List<String> stateNames() {
    return List.of("mean", "square");
  }

  @Override
  public void direction(Kernels kernels, Tensor w, Tensor g, List<Tensor> state, Step step) {
    kernels
        .updates()
        .lambDirection(
            w,
            g,
            state.get(0),
            state.get(1),
            step.scale(),
            step.decay() + step.decoupled(),
            beta1,
            beta2,
            1 / Adam.correction(beta1, step),
            1 / Math.sqrt(Adam.correction(beta2, step)),
            epsilon);
  }

  @Override
  public double ratio(double weights, double direction, Step step) {
    return weights > 0 && direction > 0 ? Math.sqrt(weights) / Math.sqrt(direction) : 1;
  }

  @Override
  public void move(
      Kernels kernels, Tensor w, Tensor g, List<Tensor> state, Step step, double ratio) {
    kernels.elementwise().accumulate(-step.rate() * ratio, g, w);
  }

  @Override
  public Traits traits() {
    return Traits.NONE.decoupled(0).each();
  }
}
