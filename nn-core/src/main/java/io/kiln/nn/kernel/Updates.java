package io.kiln.nn.kernel;

import io.kiln.nn.tensor.Tensor;

/**
 * Optimizer steps over flat arrays: one pass over memory each. The gradient is scale·g + decay·w.
 */
public interface Updates {
  /** w −= rate·(scale·g + decay·w). */
  void sgd(Tensor w, Tensor g, double scale, double rate, double decay);

  /**
   * Momentum with the rate outside (PyTorch): v = momentum·v + (1 − dampening)·g′, then w −=
   * rate·v, or with Nesterov w −= rate·(g′ + momentum·v), where g′ = scale·g + decay·w.
   */
  void momentum(
      Tensor w,
      Tensor g,
      Tensor v,
      double scale,
      double rate,
      double decay,
      double momentum,
      double dampening,
      boolean nesterov);

  /**
   * Adam (Kingma and Ba 2015, algorithm 1): m = β₁m + (1 − β₁)g′, v = β₂v + (1 − β₂)g′², then w −=
   * rate·decoupled·w and w −= step·m / (√v·correction + ε), with g′ = scale·g + decay·w.
   *
   * @param step rate / (1 − β₁ᵗ)
   * @param correction 1 / √(1 − β₂ᵗ)
   * @param shrink rate·decoupled decay, 0 for plain Adam
   */
  void adam(
      Tensor w,
      Tensor g,
      Tensor m,
      Tensor v,
      double scale,
      double decay,
      double beta1,
      double beta2,
      double step,
      double correction,
      double epsilon,
      double shrink);
}
