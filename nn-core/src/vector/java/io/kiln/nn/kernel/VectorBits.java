package io.kiln.nn.kernel;

import java.util.function.IntSupplier;
import jdk.incubator.vector.FloatVector;

/** Bits of the vectors that the JVM prefers. */
final class VectorBits implements IntSupplier {
  @Override
  public int getAsInt() {
    return FloatVector.SPECIES_PREFERRED.vectorBitSize();
  }
}
