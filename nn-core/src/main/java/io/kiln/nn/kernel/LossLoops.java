package io.kiln.nn.kernel;

import io.kiln.nn.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/** Losses: sums in double over elements or rows, and their gradients. */
public interface LossLoops {
  /** Σ over elements of f(x, t). */
  double deviation(Deviation f, double a, Tensor x, Tensor t);

  /** dx = scale·∂f(x, t)/∂x. */
  void deviationBackward(Deviation f, double a, Tensor x, Tensor t, double scale, Tensor dx);

  /**
   * Target weights of every class: q = w·((1 − smoothing)·t + smoothing / classes).
   *
   * @param target class indices [rows], t being 1 there and a row of q all 0 where the index is
   *     below 0; or t itself [rows, classes]
   * @param weights weight of each class, or null for 1
   */
  void softTargets(
      Tensor target, @Nullable Tensor weights, double smoothing, int rows, int classes, Tensor q);

  /**
   * Cross-entropy of probabilities, Σ −q·log max(p, floor).
   *
   * @throws IllegalArgumentException if a p is not in [0, 1]
   */
  double probabilityCrossEntropy(Tensor p, Tensor q, int rows, int classes, double floor);

  /** dp = −scale·q / max(p, floor). */
  void probabilityCrossEntropyBackward(Tensor p, Tensor q, double floor, double scale, Tensor dp);

  /** Σ over rows of Σ over j ≠ y of max(0, xⱼ − x_y + margin); rows with y below 0 are ignored. */
  double multiclassHinge(Tensor x, Tensor target, int rows, int classes, double margin);

  /** The gradient of {@link #multiclassHinge}, times scale. */
  void multiclassHingeBackward(
      Tensor x, Tensor target, int rows, int classes, double margin, double scale, Tensor dx);

  /** Σ of the squared differences between neighbours in each [height, width] plane of x. */
  double totalVariation(Tensor x, int planes, int height, int width);

  /** The gradient of {@link #totalVariation}, times scale. */
  void totalVariationBackward(Tensor x, int planes, int height, int width, double scale, Tensor dx);
}
