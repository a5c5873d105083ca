package io.kiln.nn.kernel;

import io.kiln.nn.tensor.Tensor;

/** Nonlinear functions of each element; each loop is one pass over memory. */
public interface Activations {
  /** y = f(x) with the function's parameter a; y may be x. */
  void forward(Nonlinearity f, double a, Tensor x, Tensor y);

  /**
   * dx = dy·f′; dx may be dy.
   *
   * @param kept y if the function's {@linkplain Nonlinearity#outputGivesSlope output gives the
   *     slope}, else x
   */
  void backward(Nonlinearity f, double a, Tensor kept, Tensor dy, Tensor dx);
}
