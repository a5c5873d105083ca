package io.kiln.nn.data;

import io.kiln.nn.tensor.Tensor;

/** Samples that can be read by index, from any thread, in any order. */
public interface Dataset {
  /** Number of samples. */
  int size();

  /** Shapes of one sample. */
  SampleSpec spec();

  /**
   * Writes sample {@code index} (0 ≤ index &lt; size) into row {@code row} of a batch: its inputs
   * and its target. Allocates nothing. Random augmentation draws from {@link Batch#epoch} and the
   * index alone.
   */
  void read(int index, Batch batch, int row);

  /**
   * Writes the target of sample {@code index} into row {@code row} of targets, the same as {@link
   * #read} does; where it is easy, without the work of reading the inputs.
   */
  default void readTarget(int index, Tensor targets, int row) {
    Batch one = Batch.of(spec(), 1, targets.dtype());
    read(index, one, 0);
    targets.rows(row, row + 1).copyFrom(one.target());
  }
}
