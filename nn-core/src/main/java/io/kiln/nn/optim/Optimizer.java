package io.kiln.nn.optim;

import io.kiln.nn.kernel.Kernels;
import io.kiln.nn.tensor.Tensor;
import java.util.List;

/**
 * One update rule. A rule that YAML can name is a class of this package with a static {@code
 * from(Settings)}; {@code type: adam-w} is {@code AdamW}.
 */
public interface Optimizer {
  /**
   * The scalars of one step.
   *
   * @param number 1 for the first step
   * @param rate learning rate of this step
   * @param scale factor of the gradient: 1 / weight of the step's samples, times clipping
   * @param decay coupled (L2) weight decay of these parameters, added to the gradient as decay·w
   * @param decoupled decoupled weight decay (Loshchilov and Hutter 2019): w −= rate·decoupled·w
   */
  record Step(long number, double rate, double scale, double decay, double decoupled) {}

  /** Names of the state vectors, each as long as the parameters; they begin at zero. */
  List<String> stateNames();

  /**
   * Moves w. All tensors are equally long slices of flat arrays.
   *
   * @param state one tensor a state name
   */
  void step(Kernels kernels, Tensor w, Tensor g, List<Tensor> state, Step step);
}
