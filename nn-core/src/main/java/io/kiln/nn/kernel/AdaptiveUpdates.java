package io.kiln.nn.kernel;

import io.kiln.nn.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Steps of the rarer optimizers over flat arrays, as {@link Updates}: g′ = scale·g + decay·w, and w
 * is multiplied by {@code keep} before it is moved.
 */
public interface AdaptiveUpdates {
  /**
   * The factors that all steps have.
   *
   * @param scale of the gradient
   * @param decay share of w that is added to it
   * @param keep what w is multiplied by first
   */
  record Factors(double scale, double decay, double keep) {}

  /**
   * m = β₁m + (1 − β₁)g′, v = β₂v + (1 − β₂)g′², u = max(u, v), then w −= along·m / (√u·correction
   * + ε).
   */
  void amsGrad(
      Tensor w,
      Tensor g,
      Tensor m,
      Tensor v,
      Tensor u,
      Factors factors,
      double beta1,
      double beta2,
      double along,
      double correction,
      double epsilon);

  /** s = ρ·s + (1 − ρ)·g′², d = g′·√(q + ε) / √(s + ε), q = ρ·q + (1 − ρ)·d², then w −= rate·d. */
  void adadelta(
      Tensor w, Tensor g, Tensor s, Tensor q, Factors factors, double rate, double rho, double e);

  /**
   * a = n^p, b = (n + g′²)^p, z += g′ − (b − a) / rate·w, n += g′², then w = −(z − sign(z)·l1) / (b
   * / rate + 2·l2) where |z| &gt; l1, else 0; n begins with {@code initial}.
   */
  void ftrl(
      Tensor w,
      Tensor g,
      Tensor n,
      Tensor z,
      Factors factors,
      double rate,
      double power,
      double initial,
      double l1,
      double l2);

  /**
   * s = α·s + (1 − α)·g′², with m also m = α·m + (1 − α)·g′ and s − m² in place of s; d = g′ / √(s
   * + ε); then w −= rate·d, or with v v = momentum·v + rate·d and w −= v.
   */
  void rmsPropInside(
      Tensor w,
      Tensor g,
      Tensor s,
      @Nullable Tensor m,
      @Nullable Tensor v,
      Factors factors,
      double rate,
      double alpha,
      double momentum,
      double epsilon);
}
