package io.kiln.nn.kernel;

import io.kiln.nn.tensor.Tensor;

/**
 * One step of recurrent cells, after the products: what happens to each of n·h elements.
 *
 * <p>A block of gates is [n, gates·h]; states are blocks [n, h]. Every block begins some elements
 * after its tensor's own offset. In backward, the gradients of what the products gave are written.
 */
public interface Cells {
  /** h = tanh(h) or max(h, 0), in place, for {@code count} elements. */
  void rnn(boolean tanh, Tensor h, int at, int count);

  /** da = dh·(1 − h²), or dh where h &gt; 0. */
  void rnnBackward(boolean tanh, Tensor h, int at, Tensor dh, Tensor da, int to, int count);

  /**
   * c′ = f·c + i·g and h′ = o·tanh(c′) with i, f, o = σ and g = tanh of the pre-activations.
   *
   * @param order which of i, f, g, o each quarter of the gates is: 0, 1, 2, 3
   * @param gates pre-activations [n, 4h], replaced by the gates
   * @param c state [n, h] at {@code c}; the next is written at {@code next}
   * @param h next output, written at {@code hAt}
   */
  void lstm(
      int n,
      int width,
      int[] order,
      Tensor gates,
      int at,
      Tensor states,
      int c,
      int next,
      Tensor h,
      int hAt);

  /**
   * Gradients of {@link #lstm}.
   *
   * @param work at {@code dh} the gradient of h′ [n, h], at {@code dc} that of c′, replaced by that
   *     of c
   * @param da gradients of the pre-activations [n, 4h], written at {@code to}
   */
  void lstmBackward(
      int n,
      int width,
      int[] order,
      Tensor gates,
      int at,
      Tensor states,
      int c,
      int next,
      Tensor work,
      int dh,
      int dc,
      Tensor da,
      int to);

  /**
   * h′ = (1 − z)·m + z·h with r, z = σ(a + u) and m = tanh(a + r·u), where a comes from the input
   * and u from the state.
   *
   * @param gates a [n, 3h], replaced by r, z, m
   * @param u [n, 3h]
   * @param states h [n, h] at {@code h}; the next is written at {@code next}
   */
  void gru(
      int n, int width, Tensor gates, int at, Tensor u, int uAt, Tensor states, int h, int next);

  /**
   * Gradients of {@link #gru}.
   *
   * @param dh gradient of h′ [n, h], replaced by the part of h's that passes by the products
   * @param da gradient of a, written at {@code to}, and that of u at {@code also}
   */
  void gruBackward(
      int n,
      int width,
      Tensor gates,
      int at,
      Tensor u,
      int uAt,
      Tensor states,
      int h,
      Tensor dh,
      Tensor da,
      int to,
      int also);
}
