package io.kiln.nn.kernel;

import io.kiln.nn.tensor.Tensor;

/** Random masks, and products with them. */
public interface Masks {
  /**
   * Sets each block of the part of a mask to 1 / keep with probability keep, else to 0; which one
   * is a function of the key and the block's number.
   *
   * @param from where the part begins
   * @param count how long it is, a multiple of the block
   */
  void draw(long key, double keep, int block, Tensor mask, int from, int count);

  /** y = x·mask; y may be x. */
  void multiply(Tensor x, Tensor mask, Tensor y);
}
