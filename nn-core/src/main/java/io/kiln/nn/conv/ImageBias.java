package io.kiln.nn.conv;

import io.kiln.nn.tensor.Tensor;

/** Between a bias and a row of whole vectors. */
final class ImageBias {
  private ImageBias() {}

  /** row = the bias, then 0. */
  static void spread(Tensor bias, Tensor row) {
    for (int k = 0; k < row.count(); k++) {
      row.set(k, k < bias.count() ? bias.get(k) : 0);
    }
  }

  /** gradient = β·gradient + the beginning of the row. */
  static void gather(Tensor row, double beta, Tensor gradient) {
    for (int k = 0; k < gradient.count(); k++) {
      gradient.set(k, (beta == 0 ? 0 : beta * gradient.get(k)) + row.get(k));
    }
  }
}
