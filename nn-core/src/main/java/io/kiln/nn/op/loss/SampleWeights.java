package io.kiln.nn.op.loss;

import io.kiln.nn.autograd.Check;
import io.kiln.nn.autograd.Var;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * How much each sample counts in a loss that is a sum over samples.
 *
 * <p>Weights are {@code [n]}; a loss with more rows than that (places of sequences) has so many
 * rows a sample.
 */
final class SampleWeights {
  private final Var weights;

  private SampleWeights(Var weights) {
    this.weights = weights;
  }

  /** The weights of a loss of x, or null where all samples count the same. */
  static @Nullable SampleWeights of(String where, Var x, @Nullable Var weights) {
    if (weights == null) {
      return null;
    }
    int n = weights.shape().count();
    Check.that(
        weights.shape().rank() == 1 && n > 0 && x.shape().size(0) % n == 0,
        where
            + ": weights are "
            + weights.shape()
            + " but x is "
            + x.shape()
            + "; give one weight a sample");
    Check.that(
        !weights.needsGrad(),
        where + ": the weights need a gradient but get none; make them with tape.constant");
    return new SampleWeights(weights);
  }

  /** Number of samples. */
  int count() {
    return weights.shape().count();
  }

  /** Weight of a sample. */
  double get(int sample) {
    return weights.value().get(sample);
  }

  /** The inputs of an op, these weights last. */
  static Var[] inputs(Var x, Var target, @Nullable Var weights) {
    return weights == null ? new Var[] {x, target} : new Var[] {x, target, weights};
  }

  /** One tensor cut into the parts of its samples; cut again only when it is another tensor. */
  static final class Parts {
    private @Nullable Tensor whole;
    private Tensor[] parts = {};

    /** The part of a sample, flat; shares the numbers. */
    Tensor of(Tensor tensor, int samples, int sample) {
      if (whole != tensor) {
        whole = tensor;
        parts = new Tensor[samples];
        Shape part = Shape.of(tensor.count() / samples);
        for (int i = 0; i < samples; i++) {
          parts[i] = tensor.slice(i * part.count(), part);
        }
      }
      return parts[sample];
    }
  }
}
