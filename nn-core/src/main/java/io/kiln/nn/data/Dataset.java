package io.kiln.nn.data;

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
}
