package io.kiln.nn.layer;

import io.kiln.nn.tensor.CounterRng;
import io.kiln.nn.tensor.Tensor;

/**
 * Filters made from the training images before the first step, so that what the convolution gives
 * is uncorrelated and of one size: the eigenvectors of the covariance of its windows, each divided
 * by √(eigenvalue + epsilon), and the same again with the other sign (Page, "myrtle.ai: how to
 * train your ResNet"; Jordan 2024, arXiv 2404.00498, section 3.2). {@code io.kiln.nn.train.Fit}
 * does it, the same bits on any number of workers; until then, and in networks that are not trained
 * by it, they are as {@link Init#fanIn}.
 *
 * <p>The convolution must read the network's input, with 2·c·kh·kw filters at most.
 *
 * @param epsilon 5·10⁻⁴
 * @param samples how many images are looked at, at most
 */
public record Whitening(double epsilon, int samples) implements Init {
  /** As in airbench94. */
  static final Whitening DEFAULT = new Whitening(5e-4, 5000);

  @Override
  public void fill(Tensor w, CounterRng rng) {
    Init.fanIn().fill(w, rng);
  }
}
