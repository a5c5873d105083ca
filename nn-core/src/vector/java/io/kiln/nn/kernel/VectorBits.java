package io.kiln.nn.kernel;

import java.util.function.IntSupplier;

/** Bits of the vectors in use, see {@link FloatVectorLanes}. */
final class VectorBits implements IntSupplier {
  @Override
  public int getAsInt() {
    return FloatVectorLanes.SPECIES.vectorBitSize();
  }
}
