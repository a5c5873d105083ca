package io.kiln.nn.loss;

import io.kiln.nn.autograd.Var;
import io.kiln.nn.op.Ops;
import io.kiln.nn.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/** How much each output counts in losses that look at the target's alone. */
final class Chosen {
  private Chosen() {}

  /**
   * Rows {@code [rows, classes]} of zeros, but at each target what its class and its sample weigh.
   */
  static Var of(Targets targets, Var output, Var target, @Nullable Var weights) {
    Var index = targets.aligned(output, target);
    int classes = output.shape().size(-1);
    Var chosen = Ops.oneHot(index, classes);
    Tensor ofClasses = targets.weights(output.tape().dtype());
    if (ofClasses != null) {
      if (ofClasses.count() != classes) {
        throw new IllegalArgumentException(
            "loss: "
                + ofClasses.count()
                + " class weights came but the output is "
                + output.shape()
                + "; give one a class");
      }
      chosen = Ops.multiply(chosen, output.tape().constant(ofClasses));
    }
    return weights == null ? chosen : Ops.multiply(chosen, perRow(index, weights));
  }

  /** Weights of samples {@code [n]} for the elements of x {@code [rows, …]}, to be broadcast. */
  static Var perRow(Var x, Var weights) {
    int n = weights.shape().count();
    int rows = x.shape().size(0);
    if (weights.shape().rank() != 1 || n == 0 || rows % n != 0) {
      throw new IllegalArgumentException(
          "loss: weights are "
              + weights.shape()
              + " but the targets are "
              + x.shape()
              + "; give one weight a sample");
    }
    Var repeated = Ops.broadcast(Ops.reshape(weights, n, 1), n, rows / n);
    return Ops.reshape(repeated, rows, 1);
  }
}
