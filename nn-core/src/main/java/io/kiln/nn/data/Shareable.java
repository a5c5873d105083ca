package io.kiln.nn.data;

import java.util.Arrays;
import java.util.BitSet;

/** A data set that was read as a whole and can hold some of its samples only. */
public interface Shareable extends Dataset {
  /** Bytes that its samples take in memory. */
  long bytes();

  /**
   * The same set of which only some samples can be read: it holds no others.
   *
   * @param samples which
   */
  Dataset share(BitSet samples);

  /** For each sample the place of its numbers among those that are kept, or -1. */
  static int[] slots(BitSet samples, int n) {
    int[] slots = new int[n];
    Arrays.fill(slots, -1);
    int next = 0;
    for (int i = samples.nextSetBit(0); i >= 0; i = samples.nextSetBit(i + 1)) {
      slots[i] = next++;
    }
    return slots;
  }

  /**
   * A slot that must be there.
   *
   * @throws IllegalStateException if the sample is not here
   */
  static int slot(int[] slots, int sample) {
    int slot = slots[sample];
    if (slot < 0) {
      throw new IllegalStateException(
          "data: sample " + sample + " is another worker's; read those of your own shards");
    }
    return slot;
  }
}
