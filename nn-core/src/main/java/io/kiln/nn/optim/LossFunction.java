package io.kiln.nn.optim;

import io.kiln.nn.tensor.Tensor;

/** A loss that can be asked for at any parameters: that of a whole training set, or of an image. */
@FunctionalInterface
public interface LossFunction {
  /**
   * The loss at w.
   *
   * @param w flat parameters, to be read only
   * @param gradient as long as w, to be overwritten with the gradient
   */
  double at(Tensor w, Tensor gradient);
}
