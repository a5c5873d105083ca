package io.kiln.nn.zoo;

import io.kiln.nn.layer.Conv2d;
import io.kiln.nn.layer.Dense;
import io.kiln.nn.layer.Init;
import io.kiln.nn.layer.Padding;
import io.kiln.nn.layer.Pair;

/** Convolutions and dense layers with initial values of a network's own. */
final class Parts {
  private Parts() {}

  /** Square filters without bias: what stands before a batch normalization. */
  static Conv2d plain(int filters, int kernel, int stride, int padding, Init init) {
    return convolution(filters, kernel, stride, padding, false, init);
  }

  /** Square filters with a bias that begins as 0. */
  static Conv2d biased(int filters, int kernel, int stride, int padding, Init init) {
    return convolution(filters, kernel, stride, padding, true, init);
  }

  private static Conv2d convolution(
      int filters, int kernel, int stride, int padding, boolean bias, Init init) {
    return new Conv2d(
        filters,
        Pair.of(kernel),
        Pair.of(stride),
        Padding.of(padding),
        Pair.of(1),
        1,
        bias,
        init,
        Init.zeros());
  }

  /** A dense layer with a bias that begins as 0. */
  static Dense dense(int units, Init init) {
    return new Dense(units, true, init, Init.zeros());
  }
}
