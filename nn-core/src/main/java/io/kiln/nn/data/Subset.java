package io.kiln.nn.data;

import io.kiln.nn.tensor.Tensor;
import java.util.BitSet;

/** Some samples of a data set, in an order of their own. */
public final class Subset implements Shareable {
  private final Dataset whole;
  private final int[] indices;

  private Subset(Dataset whole, int[] indices) {
    this.whole = whole;
    this.indices = indices;
  }

  /** Samples from (inclusive) to (exclusive). */
  public static Dataset range(Dataset whole, int from, int to) {
    if (from < 0 || from > to || to > whole.size()) {
      throw new IllegalArgumentException(
          "subset: samples "
              + from
              + " to "
              + to
              + " came but the set has "
              + whole.size()
              + "; stay within it");
    }
    int[] indices = new int[to - from];
    for (int i = 0; i < indices.length; i++) {
      indices[i] = from + i;
    }
    return new Subset(whole, indices);
  }

  /** The samples of these indices, which may repeat. */
  public static Dataset of(Dataset whole, int... indices) {
    for (int index : indices) {
      if (index < 0 || index >= whole.size()) {
        throw new IllegalArgumentException(
            "subset: index " + index + " came but the set has " + whole.size() + " samples");
      }
    }
    return new Subset(whole, indices.clone());
  }

  /** No samples of that kind. */
  public static Dataset none(Dataset whole) {
    return new Subset(whole, new int[0]);
  }

  @Override
  public int size() {
    return indices.length;
  }

  @Override
  public long bytes() {
    return whole instanceof Shareable all && whole.size() > 0
        ? Math.round((double) all.bytes() / whole.size() * indices.length)
        : 0;
  }

  @Override
  public Dataset share(BitSet samples) {
    if (!(whole instanceof Shareable all)) {
      return this;
    }
    BitSet own = new BitSet();
    for (int i = samples.nextSetBit(0); i >= 0; i = samples.nextSetBit(i + 1)) {
      own.set(indices[i]);
    }
    return new Subset(all.share(own), indices);
  }

  @Override
  public SampleSpec spec() {
    return whole.spec();
  }

  @Override
  public void read(int index, Batch batch, int row) {
    whole.read(indices[index], batch, row);
  }

  @Override
  public void readTarget(int index, Tensor targets, int row) {
    whole.readTarget(indices[index], targets, row);
  }
}
