package io.kiln.nn.optim;

import io.kiln.nn.config.Settings;
import io.kiln.nn.kernel.Kernels;
import io.kiln.nn.tensor.Tensor;
import java.util.List;

/**
 * Layer-wise adaptive rate scaling (You, Gitman and Ginsburg 2017, "Large batch training of
 * convolutional networks", algorithm 1), for large batches.
 *
 * <p>For each weight λ = trust·‖w‖ / (‖scale·g‖ + decay·‖w‖ + ε), or 1 where ‖w‖ or ‖g‖ is 0; v =
 * momentum·v + λ·rate·g′, w −= v. Biases, gains and offsets have λ = 1.
 *
 * @param momentum 0.9
 * @param trust 0.001
 * @param epsilon 10⁻⁸
 */
public record Lars(double momentum, double trust, double epsilon) implements LayerWise {
  /** Reads {@code momentum}, {@code trust}, {@code epsilon}. */
  public static Lars from(Settings settings) {
    return new Lars(
        settings.within(0, 1, "momentum", 0.9),
        settings.within(0, Double.POSITIVE_INFINITY, "trust", 0.001),
        settings.within(0, Double.POSITIVE_INFINITY, "epsilon", 1e-8));
  }

  @Override
  public List<String> stateNames() {
    return List.of("momentum");
  }

  @Override
  public void direction(Kernels kernels, Tensor w, Tensor g, List<Tensor> state, Step step) {}

  @Override
  public double ratio(double weights, double direction, Step step) {
    double length = Math.sqrt(weights);
    double slope = step.scale() * Math.sqrt(direction);
    return length > 0 && slope > 0 ? trust * length / (slope + step.decay() * length + epsilon) : 1;
  }

  @Override
  public void move(
      Kernels kernels, Tensor w, Tensor g, List<Tensor> state, Step step, double ratio) {
    kernels
        .updates()
        .momentum(
            w,
            g,
            state.get(0),
            step.scale(),
            step.decay(),
            momentum,
            ratio * step.rate(),
            1,
            0,
            step.keep());
  }
}
