package io.kiln.nn.optim;

import io.kiln.nn.kernel.Kernels;
import io.kiln.nn.tensor.Tensor;
import java.util.List;

/**
 * An update whose rate goes by the norms of whole parameters: first the direction, part by part;
 * then the norms; then the move, part by part. So threads can share a parameter, with the same bits
 * for any number of them.
 */
interface LayerWise extends Optimizer {
  /** Writes over g what the norm is taken of; of any part of a parameter. */
  void direction(Kernels kernels, Tensor w, Tensor g, List<Tensor> state, Step step);

  /**
   * The factor of the rate of a weight.
   *
   * @param weights ‖w‖²
   * @param direction ‖g‖² of what {@link #direction} left there
   */
  double ratio(double weights, double direction, Step step);

  /** Moves any part of a parameter. */
  void move(Kernels kernels, Tensor w, Tensor g, List<Tensor> state, Step step, double ratio);

  @Override
  default void step(Kernels kernels, Tensor w, Tensor g, List<Tensor> state, Step step) {
    direction(kernels, w, g, state, step);
    double ratio = 1;
    if (step.weights()) {
      ratio = ratio(Squares.of(kernels, w), Squares.of(kernels, g), step);
    }
    move(kernels, w, g, state, step, ratio);
  }

  @Override
  default Traits traits() {
    return Traits.NONE.each();
  }
}
