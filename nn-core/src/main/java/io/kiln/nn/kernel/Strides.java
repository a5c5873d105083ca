package io.kiln.nn.kernel;

import io.kiln.nn.tensor.Tensor;

/**
 * Tensors read and written along strides of one's own: permuted axes, diagonals, sums over axes and
 * their gradients are all one of the two.
 */
public interface Strides {
  /** y[i₀, i₁, …] = x[Σ iₖ·stridesₖ], y dense of these sizes; y may not be x. */
  void gather(Tensor x, int[] sizes, int[] strides, Tensor y);

  /** y[Σ iₖ·stridesₖ] += x[i₀, i₁, …], x dense of these sizes, in its order; y may not be x. */
  void scatterAdd(Tensor x, int[] sizes, int[] strides, Tensor y);

  /**
   * Sets scores that may not be attended to −∞.
   *
   * @param scores [n, heads, queries, keys]
   * @param causal whether query i sees only keys up to i + keys − queries
   * @param mask [n, keys], 0 where a key is hidden; or empty for none
   */
  void hide(Tensor scores, int n, int heads, int queries, int keys, boolean causal, Tensor mask);
}
