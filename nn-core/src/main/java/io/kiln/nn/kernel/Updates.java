package io.kiln.nn.kernel;

import io.kiln.nn.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Optimizer steps over flat arrays: one pass over memory each, vectorised by the compiler.
 *
 * <p>All tensors of a call are equally long and begin at the same offset of their arrays, as slices
 * of flat arrays do. The gradient is g′ = scale·g + decay·w; before the step w is multiplied by
 * {@code keep}, which is 1 − rate·decoupled decay.
 */
public interface Updates {
  /** w −= rate·g′. */
  void sgd(Tensor w, Tensor g, double scale, double decay, double rate, double keep);

  /** v = momentum·v + fresh·g′, then w −= alongVelocity·v + alongGradient·g′. */
  void momentum(
      Tensor w,
      Tensor g,
      Tensor v,
      double scale,
      double decay,
      double momentum,
      double fresh,
      double alongVelocity,
      double alongGradient,
      double keep);

  /** s += g′², then w −= rate·g′ / (√(s + initial) + ε). */
  void adaGrad(
      Tensor w,
      Tensor g,
      Tensor s,
      double scale,
      double decay,
      double rate,
      double initial,
      double epsilon,
      double keep);

  /**
   * s = α·s + (1 − α)·g′²; with m also m = α·m + (1 − α)·g′ and s − m² in place of s; d = g′ / (√s
   * + ε); then w −= rate·d, or with v v = momentum·v + d and w −= rate·v.
   */
  void rmsProp(
      Tensor w,
      Tensor g,
      Tensor s,
      @Nullable Tensor m,
      @Nullable Tensor v,
      double scale,
      double decay,
      double rate,
      double alpha,
      double momentum,
      double epsilon,
      double keep);

  /**
   * m = β₁m + (1 − β₁)g′, v = β₂v + (1 − β₂)g′², then w −= (alongMean·m + alongGradient·g′) /
   * (√v·correction + ε).
   *
   * @param correction 1 / √(1 − β₂ᵗ)
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
      double alongMean,
      double alongGradient,
      double correction,
      double epsilon,
      double keep);

  /** m = β₁m + (1 − β₁)g′, u = max(β₂u, |g′| + ε), then w −= along·m / u. */
  void adamax(
      Tensor w,
      Tensor g,
      Tensor m,
      Tensor u,
      double scale,
      double decay,
      double beta1,
      double beta2,
      double along,
      double epsilon,
      double keep);

  /** w −= rate·sign(β₁m + (1 − β₁)g′), then m = β₂m + (1 − β₂)g′. */
  void lion(
      Tensor w,
      Tensor g,
      Tensor m,
      double scale,
      double decay,
      double beta1,
      double beta2,
      double rate,
      double keep);

  /**
   * m = β₁m + (1 − β₁)·scale·g, v = β₂v + (1 − β₂)·(scale·g)², then g = meanFactor·m /
   * (√v·correction + ε) + decay·w: LAMB's direction, over the gradient.
   */
  void lambDirection(
      Tensor w,
      Tensor g,
      Tensor m,
      Tensor v,
      double scale,
      double decay,
      double beta1,
      double beta2,
      double meanFactor,
      double correction,
      double epsilon);

  /** g = each element limited to ±bound. */
  void clamp(Tensor g, double bound);

  /** g += alpha·sign(w), 0 where w is 0. */
  void addSign(double alpha, Tensor w, Tensor g);

  /** e = decay·e + (1 − decay)·w. */
  void average(Tensor w, Tensor e, double decay);

  /** Exchanges the numbers of x and y. */
  void swap(Tensor x, Tensor y);
}
