package io.kiln.nn.optim;

import io.kiln.nn.kernel.AdaptiveUpdates;
import io.kiln.nn.kernel.Kernels;
import io.kiln.nn.tensor.Tensor;
import java.util.List;

/**
 * One update rule. A rule that YAML can name has a static {@code from(Settings)} and a line in a
 * list: see {@link io.kiln.nn.config.Named}.
 */
public interface Optimizer {
  /**
   * The scalars of one step.
   *
   * @param number 1 for the first step
   * @param rate learning rate of this step
   * @param scale factor of the gradient: 1 / weight of the step's samples, times clipping
   * @param decay coupled (L2) weight decay of these parameters, added to the gradient as decay·w:
   *     the gradient of ½·decay·‖w‖²
   * @param decoupled decoupled weight decay (Loshchilov and Hutter 2019): w −= rate·decoupled·w
   * @param weights whether these are weights; if not, biases, gains, offsets, and weights of a
   *     group that is plain
   */
  record Step(
      long number, double rate, double scale, double decay, double decoupled, boolean weights) {
    /** What w is multiplied by for the decoupled decay. */
    double keep() {
      return 1 - rate * decoupled;
    }

    /** What the loops of the rarer rules take. */
    AdaptiveUpdates.Factors factors() {
      return new AdaptiveUpdates.Factors(scale, decay, keep());
    }
  }

  /** Which parameters come in one call. */
  enum Reach {
    /** Whatever lies side by side and has the same settings. */
    NEIGHBOURS,
    /** Each parameter by itself, or pieces of it. */
    EACH,
    /** Each parameter by itself, all of it and in its shape. */
    WHOLE,
    /** All of the network. */
    ALL
  }

  /**
   * What a rule asks of those who use it.
   *
   * @param decoupledDecay whether weight decay is decoupled where the configuration does not say
   * @param decay weight decay where the configuration does not say
   * @param reach which parameters come in one call
   * @param fullBatch whether every step should see the whole training set
   * @param rate learning rate where the configuration does not say
   */
  record Traits(boolean decoupledDecay, double decay, Reach reach, boolean fullBatch, double rate) {
    /** Nothing special. */
    public static final Traits NONE = new Traits(false, 0, Reach.NEIGHBOURS, false, 0.01);

    /** These with weight decay decoupled, and so much of it where nothing is configured. */
    Traits decoupled(double decay) {
      return new Traits(true, decay, reach, fullBatch, rate);
    }

    /** These with each parameter in a call of its own. */
    Traits each() {
      return new Traits(decoupledDecay, decay, Reach.EACH, fullBatch, rate);
    }

    /** These with all parameters in one call. */
    Traits together() {
      return new Traits(decoupledDecay, decay, Reach.ALL, fullBatch, rate);
    }

    /** These on the whole training set, at that rate where nothing is configured. */
    Traits onFullBatch(double rate) {
      return new Traits(decoupledDecay, decay, reach, true, rate);
    }
  }

  /** Names of the state vectors, each as long as the parameters; they begin at zero. */
  List<String> stateNames();

  /**
   * Moves w. All tensors are equally long slices of flat arrays from the same offset.
   *
   * @param g the gradient sum; may be overwritten
   * @param state one tensor a state name
   */
  void step(Kernels kernels, Tensor w, Tensor g, List<Tensor> state, Step step);

  /** What this rule asks for. */
  default Traits traits() {
    return Traits.NONE;
  }
}
